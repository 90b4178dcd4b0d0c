import { describe, expect, it } from 'vitest'
import { localEnvironment, remoteEnvironment } from './git-environment.js'
import { remoteAddress } from './remote-address.js'

const options = { searchPath: '/bin', home: '/nowhere', allowLocalPaths: false }

function settings(environment: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  const count = Number(environment['GIT_CONFIG_COUNT'])
  const pairs = Array.from({ length: count }, (_, index): [string, string] => [
    environment[`GIT_CONFIG_KEY_${index}`] ?? '',
    environment[`GIT_CONFIG_VALUE_${index}`] ?? '',
  ])
  return new Map(pairs)
}

describe('the environment of Git', () => {
  it('R-04 has nothing of ours, of the user or of the machine', () => {
    const environment = localEnvironment(options)
    const names = Object.keys(environment).filter((name) => !name.startsWith('GIT_'))
    expect(names.sort()).toEqual(['HOME', 'LC_ALL', 'PATH'])
    expect(environment).toMatchObject({
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_TERMINAL_PROMPT: '0',
      GIT_LFS_SKIP_SMUDGE: '1',
      GIT_ALLOW_PROTOCOL: 'https:http',
    })
  })

  it('R-04 R-07 starts no hook, helper or monitor, and checks every object', () => {
    const found = settings(localEnvironment(options))
    expect(found.get('core.hooksPath')).toBe('/dev/null')
    expect(found.get('credential.helper')).toBe('')
    expect(found.get('protocol.ext.allow')).toBe('never')
    expect(found.get('fetch.fsckObjects')).toBe('true')
  })

  it('B-27 gives a credential as a header and never follows a redirect', () => {
    const url = 'https://git.example.com/x'
    const secret = settings(
      remoteEnvironment(options, { url, username: 'a', password: 'b', insecureTls: false }),
    )
    expect(secret.get('http.extraHeader')).toBe('Authorization: Basic YTpi')
    expect(secret.get('http.followRedirects')).toBe('false')
    const open = settings(remoteEnvironment(options, { url, insecureTls: true }))
    expect(open.has('http.extraHeader')).toBe(false)
    expect(open.get('http.followRedirects')).toBe('false')
    expect(open.has('http.curloptResolve')).toBe(false)
    const pinned = 'git.example.com:443:8.8.8.8'
    const judged = settings(remoteEnvironment(options, { url, insecureTls: false, pinned }))
    expect(judged.get('http.curloptResolve')).toBe(pinned)
    expect(open.get('http.sslVerify')).toBe('false')
  })
})

describe('remoteAddress()', () => {
  it('takes the credential out of the URL, the record wins over it', () => {
    const url = 'https://us%40er:p%2Fw@git.example.com/x'
    expect(remoteAddress({ repositoryId: 'r', url }, false)).toEqual({
      url: 'https://git.example.com/x',
      username: 'us@er',
      password: 'p/w',
      insecureTls: false,
    })
    const record = { repositoryId: 'r', url, username: 'u', password: 'w' }
    expect(remoteAddress(record, false)).toMatchObject({ username: 'u', password: 'w' })
  })

  it('takes a path on this machine only where tests allow it', () => {
    const remote = { repositoryId: 'r', url: '/srv/x.git' }
    expect(remoteAddress(remote, true).url).toBe('/srv/x.git')
    expect(() => remoteAddress(remote, false)).toThrow('only https:// and http:// URLs')
  })
})
