import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decide } from './decide.js'
import { exceeds } from './exceeds.js'
import { EMPTY_POLICY } from './policy-document.js'
import { grantsFor, indexPolicy } from './policy-index.js'
import type { Grants } from './principal.js'

function grants(csv: string, subject: string, matchMode: 'glob' | 'regex' = 'glob'): Grants {
  return grantsFor(indexPolicy({ ...EMPTY_POLICY, csv, matchMode }), subject, [])
}

const CSV = `
g, boss, role:admin
p, help, accounts, *, *, allow
p, ann, applications, *, shop/*, allow
p, bea, applications, sync, shop/web, allow
p, cid, applications, "{get,sync}", */*, allow
p, dan, applications, sync, shop/*, allow
p, dan, applications, sync, shop/web, deny
p, eve, applications, sync, till/*, allow
p, eve, applications, sync, shop/web, deny
p, fay, applications, delete/apps/*, shop/*, allow`

describe('exceeds()', () => {
  it.each([
    ['boss', 'ann', true],
    ['boss', 'help', true],
    ['boss', 'cid', true],
    ['boss', 'fay', true],
    ['boss', 'admin', true],
    ['help', 'nobody', true],
    ['help', 'boss', false],
    ['help', 'ann', false],
    ['ann', 'bea', true],
    ['ann', 'fay', true],
    ['bea', 'ann', false],
    ['cid', 'bea', true],
    ['cid', 'ann', false],
    ['dan', 'bea', false],
    ['eve', 'dan', false],
    ['fay', 'bea', false],
  ])('B-24 %s may have %s in hand: %s', (mine, theirs, expected) => {
    for (const mode of ['glob', 'regex'] as const) {
      const csv = mode === 'glob' ? CSV : CSV.replaceAll('*', '.*').replace('"{get,sync}"', '(get|sync)')
      const reason = exceeds(grants(csv, mine, mode), grants(csv, theirs, mode))
      // As an expression a wider one is not seen to be wider: then it is no.
      if (mode === 'glob') expect(reason === undefined, reason).toBe(expected)
      else if (!expected) expect(reason).toBeDefined()
    }
  })

  it('says what is too much', () => {
    expect(exceeds(grants(CSV, 'help'), grants(CSV, 'bea'))).toBe(
      'it may sync applications shop/web, which you may not',
    )
  })

  it('B-24 whoever is let in may do whatever the other may', () => {
    const word = fc.constantFrom('*', 'applications', 'logs', 'clusters')
    const action = fc.constantFrom('*', 'get', 'sync', 'update', 'update/*', 'delete/apps/*', 'action/*')
    const object = fc.constantFrom(
      '*',
      '*/*',
      'a/*',
      'a/x',
      'a/?',
      'b/*',
      '"{a,b}/x"',
      '[ab]/x',
      '*/x',
      'a/*/x',
    )
    const effect = fc.constantFrom('allow', 'allow', 'deny')
    const line = fc
      .tuple(fc.constantFrom('me', 'you'), word, action, object, effect)
      .map((parts) => `p, ${parts.join(', ')}`)
    const long = ['update/apps/D/n/x', 'delete/apps/D/n/x', 'action/apps/D/restart']
    const asked: Readonly<Record<string, readonly string[]>> = {
      applications: ['get', 'sync', 'update', ...long],
      logs: ['get'],
      clusters: ['get', 'update'],
    }
    const questions = Object.entries(asked).flatMap(([resource, verbs]) =>
      verbs.flatMap((verb) =>
        ['a/x', 'a/y', 'b/x', 'c/x', 'a/b/x', 'x', 'a/'].map((thing) => [resource, verb, thing] as const),
      ),
    )
    fc.assert(
      fc.property(fc.array(line, { maxLength: 8 }), (lines) => {
        const [mine, yours] = [grants(lines.join('\n'), 'me'), grants(lines.join('\n'), 'you')]
        if (exceeds(mine, yours) !== undefined) return
        const gained = questions.filter((one) => allows(yours, one) && !allows(mine, one))
        expect(gained).toEqual([])
      }),
      { numRuns: 2_000 },
    )
  })
})

function allows(rules: Grants, question: readonly [string, string, string]): boolean {
  return decide({ subject: 's', kind: 'user', groups: [], grants: rules }, ...question) === undefined
}
