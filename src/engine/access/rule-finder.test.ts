import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compilePattern } from './match-mode.js'
import type { CompiledGrant } from './compiled-grant.js'
import { ruleFinder } from './rule-finder.js'

const word = fc.constantFrom('a', 'b', 'ab', '*', '?', '[ab]', '{a,b}', '\\*', '-', '/', '')
const glob = fc.array(word, { maxLength: 5 }).map((words) => words.join(''))
const inProject = fc.tuple(fc.constantFrom('p', 'q', 'p*'), glob).map((parts) => parts.join('/'))
const letter = fc.constantFrom('a', 'b', '*', '-', '/')
const name = fc.string({ unit: letter, maxLength: 6 })
const object = fc.tuple(fc.constantFrom('p', 'q', 'px'), name).map((parts) => parts.join('/'))

function ruleOf(pattern: string, effect: 'allow' | 'deny' = 'allow'): CompiledGrant {
  const grant = { resource: 'applications', action: 'get', object: pattern, effect }
  return { grant, matches: compilePattern('glob', pattern) }
}

describe('ruleFinder()', () => {
  it('finds a rule that denies when one matches, else one that allows, else none', () => {
    const effect = fc.constantFrom('allow' as const, 'allow' as const, 'deny' as const)
    const some = fc.array(fc.tuple(fc.oneof(glob, inProject), effect), { maxLength: 8 })
    fc.assert(
      fc.property(some, fc.oneof(object, name), (lines, asked) => {
        const rules = lines.map(([pattern, does]) => ruleOf(pattern, does))
        const found = ruleFinder(rules, 'glob')(asked)
        const effects = new Set(rules.filter((rule) => rule.matches(asked)).map(({ grant }) => grant.effect))
        const strongest = effects.has('deny') ? 'deny' : effects.values().next().value
        expect(found?.grant.effect).toBe(strongest)
        expect(found?.matches(asked)).not.toBe(false)
      }),
      { numRuns: 5_000 },
    )
  })

  it('asks none of a thousand globs that begin or end otherwise', () => {
    let asked = 0
    const counted = ({ grant, matches }: CompiledGrant): CompiledGrant => ({
      grant,
      matches: (text) => {
        asked += 1
        return matches(text)
      },
    })
    const patterns = Array.from({ length: 1_000 }, (_, at) =>
      at % 2 === 0 ? `p/shop-${at}-*` : `p/*-canary-${at}`,
    )
    const find = ruleFinder(
      patterns.map((pattern) => counted(ruleOf(pattern))),
      'glob',
    )
    expect(find('p/shop-500-web')?.grant.object).toBe('p/shop-500-*')
    expect(find('p/web-canary-501')?.grant.object).toBe('p/*-canary-501')
    expect(find('p/nothing')).toBeUndefined()
    expect(asked).toBe(2)
  })
})
