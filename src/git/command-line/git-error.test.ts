import { describe, expect, it } from 'vitest'
import { AppError } from '../../base/app-error.js'
import { gitError, isCorruptMirror, isStaleLock, masked } from './git-error.js'
import { GitFailure } from './run-git.js'

const remote = {
  url: 'https://git.example.com/org/repo',
  username: 'robot',
  password: 'p@ss/wörd',
  insecureTls: false,
}
const told = (words: string, timedOut = false): AppError =>
  gitError(new GitFailure(words, timedOut), 'fetch', remote)

describe('gitError()', () => {
  it('names the repository, what Git said and what to check', () => {
    const error = told(
      "noise\nremote: Invalid username or token.\nfatal: Authentication failed for 'https://x'\n",
    )
    expect(error).toMatchObject({ code: 'UPSTREAM_GIT', retry: 'backoff' })
    expect(error.message).toBe(
      `Cannot fetch repository "https://git.example.com/org/repo": the server refuses the user name and password. Check the credential of the repository: that it is right, and has not expired. Git says: remote: Invalid username or token.; fatal: Authentication failed for 'https://x'`,
    )
  })

  it.each([
    [
      /refuses the user name and password/,
      'AUTHENTICATION',
      "fatal: could not read Username for 'https://git.example.com': terminal prompts disabled",
    ],
    [
      /may read this repository/,
      'AUTHORIZATION',
      "fatal: unable to access 'https://x/': The requested URL returned error: 403",
    ],
    [
      /"git\.example\.com" cannot be resolved \(DNS\)/,
      'DNS',
      "fatal: unable to access 'https://x/': Could not resolve host: git.example.com",
    ],
    [
      /no trusted connection \(TLS\)/,
      'TLS',
      "fatal: unable to access 'https://x/': SSL certificate problem: self-signed certificate",
    ],
    [
      /no trusted connection \(TLS\)/,
      'TLS',
      "fatal: unable to access 'https://x/': server certificate verification failed. CAfile: none CRLfile: none",
    ],
    [
      /cannot be reached/,
      'TCP',
      "fatal: unable to access 'https://x/': Failed to connect to x port 443 after 0 ms: Couldn't connect to server",
    ],
    [/no such repository/, 'NOT_FOUND', "fatal: repository 'https://x/' not found"],
    [
      /redirects, which is not followed/,
      'PROTOCOL',
      "fatal: unable to access 'https://x/': The requested URL returned error: 301",
    ],
    [
      /It is tried again/,
      'SERVER',
      "fatal: unable to access 'https://x/': The requested URL returned error: 502",
    ],
  ] as const)('says %s, failed at %s', (sentence, stage, words) => {
    const { message, stage: failedAt } = told(words)
    expect(failedAt).toBe(stage)
    expect(message).toMatch(sentence)
    expect(message).not.toContain('could not read Username')
  })

  it('tells that a credential is missing where none is stored', () => {
    const { username: _username, password: _password, ...anonymous } = remote
    const words = "fatal: could not read Username for 'https://git.example.com': terminal prompts disabled"
    expect(gitError(new GitFailure(words, false), 'fetch', anonymous).message).toMatch(
      /none is stored.*repo add/,
    )
  })

  it('tells a full disk as ours, and to wait', () => {
    const error = told('error: file write error: No space left on device\nfatal: unpack-objects error\n')
    expect(error).toMatchObject({ code: 'INTERNAL', retry: { afterSeconds: 60 } })
    expect(error.message).toContain('the disk that holds the Git mirrors is full')
  })

  it('tells a timeout as one', () => {
    expect(told('', true)).toMatchObject({ code: 'TIMEOUT', retry: 'backoff' })
  })

  it('takes control characters and text directions out of what the remote says, and cuts it', () => {
    const error = told(`remote: \u001b[31mred\u202eevil\u0007\nfatal: ${'x'.repeat(10_000)}\n`)
    expect(error.message).not.toMatch(/[\u0000-\u001f\u202e]/u)
    expect(error.message.length).toBeLessThan(800)
  })

  it('passes our own errors on and hides what was not expected', () => {
    const own = new AppError('BAD_USER_INPUT', 'ours')
    expect(gitError(own, 'fetch', remote)).toBe(own)
    expect(gitError(new Error('secret'), 'fetch', remote).message).not.toContain('secret')
  })
})

describe('masked()', () => {
  it('A-30 hides the password in every form in which it may come back', () => {
    const base64 = Buffer.from('robot:p@ss/wörd').toString('base64')
    const text = `a p@ss/wörd b ${encodeURIComponent(remote.password)} c ${base64} d https://robot:other@host/x`
    expect(masked(text, remote)).toBe('a *** b *** c *** d https://***@host/x')
  })
})

describe('what can be healed', () => {
  it.each([
    "fatal: Unable to create '/c/r.git/packed-refs.lock': File exists.",
    "error: cannot lock ref 'refs/heads/main': Unable to create '/c/r.git/refs/heads/main.lock': File exists.",
  ])('isStaleLock(): %s', (words) => {
    expect(isStaleLock(words)).toBe(true)
    expect(isCorruptMirror(words)).toBe(false)
  })

  it.each([
    "fatal: not a git repository: '/c/r.git'",
    'error: object file objects/ab/cd is empty',
    'fatal: loose object 5c (stored in ./objects/5c/x) is corrupt',
    'fatal: bad config line 1 in file /c/r.git/config',
    'error: packfile ./objects/pack/pack-1.pack does not match index',
    'fatal: bad object refs/heads/main',
  ])('isCorruptMirror(): %s', (words) => {
    expect(isCorruptMirror(words)).toBe(true)
  })

  it.each([
    "fatal: repository 'https://x/y/' not found",
    'fatal: unable to access: Could not resolve host: x',
    'fatal: fsck error in packed object',
    'remote: fatal: bad object refs/heads/main\nfatal: protocol error',
  ])('neither: %s', (words) => {
    expect(isStaleLock(words) || isCorruptMirror(words)).toBe(false)
  })
})
