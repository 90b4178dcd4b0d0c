import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compilePathMatch } from './go-path-match.js'

describe('compilePathMatch() matches like path.Match', () => {
  it.each<[string, string, boolean]>([
    ['abc', 'abc', true],
    ['*', 'abc', true],
    ['*', 'a/b', false],
    ['*c', 'abc', true],
    ['a*/b', 'abc/b', true],
    ['a*b*c*d', 'axbxcxd', true],
    ['a*b?c*x', 'abxbbxdbxebxczzy', false],
    ['ab[b-d]', 'abc', true],
    ['ab[^bc]', 'abc', false],
    ['ab[^e-gx]', 'abc', true],
    ['a\\*b', 'a*b', true],
    ['a\\*b', 'ab', false],
    ['a?b', 'a/b', false],
    ['[\\]a]', ']', true],
    ['[x\\-]', '-', true],
    ['{a,b}', 'a', false],
    ['*a/*b', 'a/xb', true],
    ['', '', true],
    ['', 'a', false],
  ])('compilePathMatch() of %s on %s is %s', (pattern, text, expected) => {
    expect(compilePathMatch(pattern)?.(text)).toBe(expected)
  })

  it.each(['[', '[]a]', '[-]', '[x-]', '[a-', 'a\\', '[^'])('compilePathMatch() refuses %s', (pattern) => {
    expect(compilePathMatch(pattern)).toBeUndefined()
  })

  it('compilePathMatch() agrees with a simple reference on stars and slashes', () => {
    const unit = fc.constantFrom('a', 'b', '/', '*')
    const pattern = fc.string({ unit, maxLength: 7 })
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '/'), maxLength: 9 })
    fc.assert(
      fc.property(pattern, text, (one, other) => {
        const reference = new RegExp(`^${one.replaceAll('*', '[^/]*')}$`)
        expect(compilePathMatch(one)?.(other)).toBe(reference.test(other))
      }),
      { numRuns: 500 },
    )
  })
})
