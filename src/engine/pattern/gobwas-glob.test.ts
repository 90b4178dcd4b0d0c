import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileGlob, globProblem } from './gobwas-glob.js'

const matches = (pattern: string, text: string, separator = ''): boolean =>
  compileGlob(pattern, separator)(text)

describe('compileGlob() matches like gobwas', () => {
  it.each([
    ['*', '', true],
    ['*', 'a/b', true],
    ['team/*', 'team/ns/app', true],
    ['team/*', 'team', false],
    ['?', 'é', true],
    ['?', '', false],
    ['a?c', 'a/c', true],
    ['[a-c]x', 'bx', true],
    ['[a-c]x', 'dx', false],
    ['[!a-c]x', 'dx', true],
    ['[!abc]x', 'bx', false],
    ['[ab-z]', '-', true],
    ['[ab-z]', 'c', false],
    ['{a,b}c', 'bc', true],
    ['{a,b}c', 'cc', false],
    ['{a,{b,c}d}*', 'cdx', true],
    ['{,x}y', 'y', true],
    ['x{a*,b}y', 'xa-long-y', true],
    ['a\\*b', 'a*b', true],
    ['a\\*b', 'axb', false],
    ['a,b}', 'a,b}', true],
    ['*.git', 'x.git', true],
    ['**', 'a/b', true],
  ])('compileGlob() %s on %s is %s', (pattern, text, expected) => {
    expect(matches(pattern, text)).toBe(expected)
  })

  it('compileGlob() with a separator crosses it by ** only', () => {
    expect(matches('https://h/g/*', 'https://h/g/a', '/')).toBe(true)
    expect(matches('https://h/g/*', 'https://h/g/a/b', '/')).toBe(false)
    expect(matches('https://h/g/**', 'https://h/g/a/b', '/')).toBe(true)
    expect(matches('a?b', 'a/b', '/')).toBe(false)
  })

  it('compileGlob() of an unreadable pattern matches nothing', () => {
    for (const pattern of ['[', '[]', '[z-a]', '{a', '{'.repeat(30)]) {
      expect(globProblem(pattern)).toBeTypeOf('string')
      expect(matches(pattern, pattern)).toBe(false)
    }
  })
})

describe('compileGlob() properties', () => {
  const plain = fc.string({ unit: fc.constantFrom('a', 'b', '/', '-', '.'), maxLength: 12 })

  it('compileGlob() of plain text matches that text only', () => {
    fc.assert(fc.property(plain, plain, (one, other) => matches(one, other) === (one === other)))
  })

  it('compileGlob() of an escaped text matches that text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const escaped = [...text].map((character) => `\\${character}`).join('')
        expect(matches(escaped, text)).toBe(true)
      }),
    )
  })

  it('compileGlob() of alternatives is the or of its branches', () => {
    fc.assert(
      fc.property(plain, plain, plain, (one, other, text) => {
        expect(matches(`{${one}*,${other}}`, text)).toBe(text.startsWith(one) || text === other)
      }),
    )
  })

  it('compileGlob() stays fast on patterns that blow up backtracking matchers', () => {
    const glob = compileGlob(`${'*a'.repeat(60)}b`)
    expect(glob('a'.repeat(20_000))).toBe(false)
  })
})
