import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { normalizeRepositoryUrl, sameRepository } from './repository-url.js'

describe('normalizeRepositoryUrl() compares like contract 2.7.6', () => {
  it.each([
    [' HTTPS://Git.example/Org/Repo.git ', 'https://git.example/org/repo'],
    ['git@git.example:org/repo.git', 'git@git.example/org/repo'],
    ['ssh://git@git.example/org/repo', 'git@git.example/org/repo'],
    ['ssh://git@git.example:2222/org/repo.git', 'git@git.example:2222/org/repo'],
    ['https://git.example/org/repo/', 'https://git.example/org/repo'],
    ['http://git.example:8080/org/repo', 'http://git.example:8080/org/repo'],
    ['file:///srv/git/repo.git', 'file:///srv/git/repo'],
  ])('normalizeRepositoryUrl() of %s is %s', (url, expected) => {
    expect(normalizeRepositoryUrl(url)).toBe(expected)
  })

  it('normalizeRepositoryUrl() ignores case, blanks, .git and slashes at the end', () => {
    const word = fc
      .string({ unit: fc.constantFrom('a', 'B', '-', '.', '1'), minLength: 1 })
      .map((text) => `${text}x`)
    fc.assert(
      fc.property(word, word, fc.constantFrom('', '.git', '/', '.git/'), (org, repo, end) => {
        const url = `https://h.example/${org}/${repo}`
        expect(normalizeRepositoryUrl(` ${url.toUpperCase()}${end} `)).toBe(url.toLowerCase())
      }),
    )
  })
})

describe('normalizeRepositoryUrl() is stable', () => {
  it('normalizeRepositoryUrl() of a normal form changes nothing', () => {
    const part = fc.constantFrom('ssh://', 'git@', 'h', ':', '22', '/', '.git', ' ', 'a', 'https://')
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(part).map((parts) => parts.join('')),
        ),
        (url) => {
          const once = normalizeRepositoryUrl(url)
          expect(normalizeRepositoryUrl(once)).toBe(once)
        },
      ),
      { numRuns: 1000 },
    )
  })
})

describe('sameRepository() finds the repository of a webhook', () => {
  const hook = 'https://git.example/org/repo'
  it.each([
    'https://git.example/org/repo.git',
    'http://git.example:8080/org/repo',
    'ssh://git@git.example/org/repo.git',
    'ssh://git@git.example:2222/org/repo.git',
    'git@git.example:org/repo.git',
    'ssh://git@ssh.git.example:443/org/repo.git',
    'git@altssh.git.example:443/org/repo',
    'https://user:pass@git.example/Org/Repo',
    'git.example/org/repo',
  ])('sameRepository() accepts %s', (url) => {
    expect(sameRepository(hook, url)).toBe(true)
  })

  it.each([
    'https://git.example/org/repo2',
    'https://git.example/org/repo/sub',
    'https://evil.git.example/org/repo',
    'https://git.example.evil/org/repo',
    'https://gitXexample/org/repo',
    'ftp://git.example/org/repo',
    '',
  ])('sameRepository() refuses %s', (url) => {
    expect(sameRepository(hook, url)).toBe(false)
  })

  it('sameRepository() takes digits after the host as port or as folder', () => {
    expect(sameRepository('https://h/123/repo', 'git@h:123/repo')).toBe(true)
    expect(sameRepository('https://h/repo', 'git@h:123/repo')).toBe(true)
  })

  it('sameRepository() reads characters of patterns literally', () => {
    expect(sameRepository('https://h/o.*/(a+)+$', 'https://h/oxx/aaaa')).toBe(false)
    expect(sameRepository('https://h/o.*/(a+)+$', 'https://h/o.*/(a+)+$')).toBe(true)
  })
})
