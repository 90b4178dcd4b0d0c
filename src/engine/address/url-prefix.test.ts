import { describe, expect, it } from 'vitest'
import { longestCover, urlPrefix } from './url-prefix.js'

const template = (url: string) => ({ url, prefix: urlPrefix(url) ?? 'none' })
const coverOf = (url: string, ...templates: readonly string[]) =>
  longestCover(url, templates.map(template))?.url

describe('longestCover()', () => {
  it.each([
    ['https://git.test/org/x', 'https://git.test/org'],
    ['https://git.test/org/x.git', 'https://git.test/org/x'],
    ['https://git.test/org/x', 'https://git.test/org/x.git'],
    ['https://GIT.test:443/Org/x', 'https://git.test/org'],
    ['https://git.test/org-labs/x', 'https://git.test/org'],
    ['https://git.test/org/x', 'https://git.test'],
    ['https://git.test/org/x', 'https://git.test/'],
  ])('%s is below %s', (url, prefix) => {
    expect(coverOf(url, prefix)).toBe(prefix)
  })

  it.each([
    ['https://git.test.evil.example/org/x', 'https://git.test'],
    ['https://git.testing/org/x', 'https://git.test'],
    ['https://git.test:8443/org/x', 'https://git.test/org'],
    ['http://git.test/org/x', 'https://git.test/org'],
    ['https://git.test@evil.example/org/x', 'https://git.test'],
    ['https://git.test\\@evil.example/org/x', 'https://git.test'],
    ['https://git.test/org-labs/x', 'https://git.test/org/'],
    ['https://git.test/org/../other/x', 'https://git.test/org'],
    ['https://git.test/org/%2E%2e/other/x', 'https://git.test/org'],
    ['https://git.test/org/..%2fother/x', 'https://git.test/org'],
    ['https://git.test/o', 'https://git.test/org'],
    ['ssh://git@git.test/org/x', 'https://git.test/org'],
    ['git@git.test:org/x', 'https://git.test/org'],
  ])('%s is not below %s', (url, prefix) => {
    expect(coverOf(url, prefix)).toBeUndefined()
  })

  it('takes the longest of several, whatever their order', () => {
    const three = ['https://git.test/org', 'https://git.test/org/team', 'https://git.test']
    expect(coverOf('https://git.test/org/team/x', ...three)).toBe('https://git.test/org/team')
    expect(coverOf('https://git.test/org/team/x', ...three.reverse())).toBe('https://git.test/org/team')
    expect(coverOf('https://git.test/other/x', ...three)).toBe('https://git.test')
  })
})
