import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decide } from './decide.js'
import { holdsAnywhere } from './grant-index.js'
import type { Grant, Principal } from './principal.js'
import { limitOf, scopeProblem } from './token-scope.js'
import { visibility } from './visibility.js'

const allow = (resource: string, action: string, object: string): Grant => ({
  ...{ resource, action, object },
  effect: 'allow',
})

function token(rules: readonly Grant[], scopes: readonly string[]): Principal {
  return { subject: 'ci', kind: 'token', groups: [], grants: { rules }, limit: limitOf(scopes) }
}

const ALL = [allow('*', '*', '*')]

describe('scopes of a token', () => {
  it('C-35 permit what both the owner and a scope permit, and nothing else', () => {
    const narrow = token(ALL, ['applications, sync, shop/*', 'applications, get, shop/web'])
    expect(decide(narrow, 'applications', 'sync', 'shop/web')).toBeUndefined()
    expect(decide(narrow, 'applications', 'get', 'shop/web')).toBeUndefined()
    for (const [action, object] of [
      ['get', 'shop/api'],
      ['sync', 'till/web'],
      ['delete', 'shop/web'],
      ['override', 'shop/web'],
    ] as const)
      expect(decide(narrow, 'applications', action, object)).toMatch(/scopes of this token/)
    expect(decide(narrow, 'repositories', 'get', 'shop/web')).toBeDefined()
    expect(holdsAnywhere(narrow, 'repositories', 'get')).toBe(false)
    expect(holdsAnywhere(narrow, 'applications', 'sync')).toBe(true)
    const poor = token([allow('applications', 'get', 'shop/*')], ['*, *, *'])
    expect(decide(poor, 'applications', 'sync', 'shop/web')).toMatch(/no policy allows/)
    expect(decide(token(ALL, []), 'applications', 'get', 'shop/web')).toBeDefined()
  })

  it.each([
    'applications',
    'applications, sync',
    'applications, sync, shop/*, deny',
    'applications, sync, shop/*\np, ci, *, *, *, allow',
    'aplications, sync, shop/*',
    'applications, sink, shop/*',
    'applications, sync, shop',
    'applications, sync, [',
    '',
    '# all',
  ])('C-35 %j is refused, and would permit nothing', (scope) => {
    expect(scopeProblem(scope)).toMatch(/^The scope /)
    expect(decide(token(ALL, [scope]), 'applications', 'sync', 'shop/web')).toBeDefined()
  })

  it('C-35 a list shows what decide() permits, no more and no less', () => {
    const resource = fc.constantFrom('applications', '*', 'logs')
    const object = fc.constantFrom('*', 'a/*', 'a/x', 'b/*', '*/x', '{a,b}/x')
    const rule = fc.tuple(resource, object).map(([name, text]) => allow(name, 'get', text))
    const scope = fc.tuple(resource, object).map(([name, text]) => `${name}, get, "${text}"`)
    fc.assert(
      fc.property(fc.array(rule, { maxLength: 4 }), fc.array(scope, { maxLength: 4 }), (rules, scopes) => {
        const principal = token(rules, scopes)
        const seen = visibility(principal, 'applications', 'get')
        for (const text of ['a/x', 'a/y', 'b/x', 'c/x', 'c/y']) {
          const permitted = decide(principal, 'applications', 'get', text) === undefined
          const isRead = seen.projects === 'all' || seen.projects.includes(text.split('/')[0] ?? '')
          expect(isRead && seen.sees(text)).toBe(permitted)
          if (seen.exact && isRead) expect(permitted, text).toBe(true)
        }
      }),
    )
  })
})
