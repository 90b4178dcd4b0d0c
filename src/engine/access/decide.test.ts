import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileGrants, policyProblems } from './compile-grants.js'
import { decide } from './decide.js'
import { grantsOfNames, indexPolicy } from './policy-index.js'
import { SYSTEM_PRINCIPAL, type Principal } from './principal.js'
import { visibility, visibleProjects } from './visibility.js'

function person(lines: readonly string[], groups: readonly string[] = [], subject = 'alice'): Principal {
  return { subject, kind: 'user', groups, grants: compileGrants(lines, subject, groups) }
}

const may = (who: Principal, resource: string, action: string, object: string): boolean =>
  decide(who, resource, action, object) === undefined

describe('compileGrants() collects the rules of a subject', () => {
  it('compileGrants() of somebody without rules allows nothing', () => {
    expect(decide(person([]), 'applications', 'get', 'demo/shop')).toContain('no policy allows "alice"')
  })

  it('compileGrants() follows groups and roles of roles', () => {
    const lines = [
      'g, my group: x, role:a',
      'g, role:a, role:b',
      'p, role:b, applications, sync, demo/*, allow',
    ]
    expect(may(person(lines, ['my group: x']), 'applications', 'sync', 'demo/ns/shop')).toBe(true)
    expect(may(person(lines, ['other']), 'applications', 'sync', 'demo/shop')).toBe(false)
  })

  it('compileGrants() survives roles that contain each other', () => {
    const lines = [
      'g, alice, role:a',
      'g, role:a, role:b',
      'g, role:b, role:a',
      'p, role:b, logs, get, *, allow',
    ]
    expect(may(person(lines), 'logs', 'get', 'demo/shop')).toBe(true)
  })

  it('compileGrants() gives the local account admin everything of role:admin', () => {
    const admin = person([], [], 'admin')
    expect(may(admin, 'clusters', 'delete', 'https://k8s.example')).toBe(true)
    expect(may(admin, 'applications', 'action/apps/Deployment/restart', 'demo/shop')).toBe(true)
    expect(may(admin, 'extensions', 'invoke', 'x')).toBe(false)
  })

  it('compileGrants() never takes a role from the names of a login', () => {
    expect(may(person([], ['role:admin']), 'applications', 'get', 'demo/shop')).toBe(false)
    expect(may(person([], [], 'role:admin'), 'applications', 'get', 'demo/shop')).toBe(false)
    const lines = ['p, proj:demo:ci, applications, sync, demo/*, allow']
    expect(may(person(lines, ['proj:demo:ci']), 'applications', 'sync', 'demo/shop')).toBe(false)
    expect(may(person(lines, [], 'proj:demo:ci'), 'applications', 'sync', 'demo/shop')).toBe(true)
  })

  it('compileGrants() keeps roles of a project inside the project', () => {
    const lines = [
      'p, proj:demo:ci, applications, sync, *, allow',
      'p, proj:demo:ci, projects, get, demo/x, allow',
    ]
    expect(person(lines, [], 'proj:demo:ci').grants.rules).toEqual([])
    expect(policyProblems(lines)).toHaveLength(2)
  })

  it('grantsOfNames() answers for a role alone', () => {
    const reader: Principal = {
      subject: 'role:readonly',
      kind: 'user',
      groups: [],
      grants: grantsOfNames(indexPolicy(), ['role:readonly']),
    }
    expect(may(reader, 'applications', 'get', 'demo/shop')).toBe(true)
    expect(may(reader, 'applications', 'sync', 'demo/shop')).toBe(false)
  })
})

describe('policyProblems() lists every fault', () => {
  it('policyProblems() accepts comments, blanks and quoted fields', () => {
    const lines = [
      '# people',
      '',
      'g, "CN=ops, OU=""x""", role:admin',
      'p, bob, applications, *, demo/*, deny',
    ]
    expect(policyProblems(lines)).toEqual([])
    expect(may(person(lines, ['CN=ops, OU="x"']), 'clusters', 'create', 'x')).toBe(true)
  })

  it.each([
    'x, y',
    'p, a, b, c, d',
    'p, a, b, c, d, maybe',
    'g, a',
    'g, "a, role:b',
    'p, a, b, c, [, allow',
    'p,,b,c,d,allow',
  ])('policyProblems() refuses %s', (line) => {
    expect(policyProblems(['', line])[0]).toMatch(/^Line 2: .*\.$/)
  })
})

describe('D-08 decide() lets deny win', () => {
  it('decide() refuses what one rule allows and another denies, in any order', () => {
    const lines = ['p, alice, applications, *, *, allow', 'p, alice, applications, delete, prod/*, deny']
    for (const order of [lines, lines.toReversed()]) {
      expect(may(person(order), 'applications', 'delete', 'prod/shop')).toBe(false)
      expect(may(person(order), 'applications', 'delete', 'demo/shop')).toBe(true)
    }
  })

  it('decide() takes a deny that cannot be read as denying everything', () => {
    const lines = ['p, alice, applications, get, *, allow', 'p, alice, applications, get, demo/[, deny']
    expect(may(person(lines), 'applications', 'get', 'x/y')).toBe(false)
  })

  it('decide() lets the system do everything', () => {
    expect(may(SYSTEM_PRINCIPAL, 'applications', 'sync', 'demo/shop')).toBe(true)
  })
})

describe('visibleProjects() filters lists without losing a row', () => {
  it.each<[string[], 'all' | string[], boolean]>([
    [['p, alice, applications, get, *, allow'], 'all', true],
    [['p, alice, applications, get, demo/*, allow'], ['demo'], true],
    [['p, alice, applications, get, demo/shop, allow'], ['demo'], false],
    [['p, alice, applications, get, team-*/*, allow'], 'all', false],
    [['p, alice, applications, get, *, allow', 'p, alice, *, *, demo/x, deny'], 'all', false],
    [
      ['p, alice, applications, *, a/*, allow', 'p, alice, *, get, b/*, allow', 'p, alice, *, *, b/*, deny'],
      ['a'],
      false,
    ],
    [
      ['p, alice, applications, get, demo/*, allow', 'p, alice, applications, get, demo, deny'],
      ['demo'],
      false,
    ],
    [[], [], true],
  ])('visibleProjects() of %j is %j', (lines, projects, exact) => {
    expect(visibleProjects(person(lines), 'applications', 'get')).toEqual(projects)
    expect(visibility(person(lines), 'applications', 'get').exact).toBe(exact)
  })

  it('visibleProjects() of the resource projects are the names themselves', () => {
    expect(visibleProjects(person(['p, alice, projects, get, demo, allow']), 'projects', 'get')).toEqual([
      'demo',
    ])
  })

  it('visibleProjects() never sorts repositories by the start of their URL', () => {
    const lines = ['p, alice, repositories, get, https://git.example/*, allow']
    expect(visibleProjects(person(lines), 'repositories', 'get')).toBe('all')
  })
})

describe('decide() properties', () => {
  const word = fc.constantFrom('*', 'a', 'b', 'a/*', 'a/x', 'a*', '{a,b}/x', '?/x', 'b/[', 'role:r')
  const effect = fc.constantFrom('allow', 'deny')
  const grant = fc
    .tuple(
      fc.constantFrom('alice', 'role:r'),
      fc.constantFrom('applications', '*'),
      fc.constantFrom('get', '*'),
      word,
      effect,
    )
    .map((fields) => `p, ${fields.join(', ')}`)
  const lines = fc.array(fc.oneof(grant, fc.constant('g, alice, role:r'), fc.constant('broken')), {
    maxLength: 8,
  })
  const object = fc.constantFrom('a/x', 'a/y', 'b/x', 'a', 'c/z')

  it('D-18 decide() allows nothing new when a line that is not a deny goes', () => {
    fc.assert(
      fc.property(lines, fc.nat(), object, (policy, position, target) => {
        const at = policy.length === 0 ? 0 : position % policy.length
        // A membership may bring denies, so it counts as one.
        if (policy[at]?.endsWith('deny') === true || policy[at]?.startsWith('g') === true) return
        const fewer = policy.filter((_, index) => index !== at)
        if (may(person(fewer), 'applications', 'get', target)) {
          expect(may(person(policy), 'applications', 'get', target)).toBe(true)
        }
      }),
    )
  })

  it('D-18 decide() allows nothing new when a deny is added', () => {
    fc.assert(
      fc.property(lines, grant, object, (policy, extra, target) => {
        const more = [...policy, extra.replace(/allow$/, 'deny')]
        if (may(person(more), 'applications', 'get', target)) {
          expect(may(person(policy), 'applications', 'get', target)).toBe(true)
        }
      }),
    )
  })

  it('decide() does not depend on the order of lines', () => {
    fc.assert(
      fc.property(lines, object, (policy, target) => {
        const backwards = person(policy.toReversed())
        expect(may(backwards, 'applications', 'get', target)).toBe(
          may(person(policy), 'applications', 'get', target),
        )
      }),
    )
  })

  it('visibility() contains every object that decide() allows, and equals it when exact', () => {
    fc.assert(
      fc.property(lines, fc.constantFrom('a/x', 'a/y', 'b/x', 'c/z'), (policy, target) => {
        const who = person(policy)
        const { projects, exact, sees } = visibility(who, 'applications', 'get')
        const selected = projects === 'all' || projects.includes(target.split('/')[0] ?? '')
        expect(sees(target)).toBe(may(who, 'applications', 'get', target))
        if (sees(target)) expect(selected).toBe(true)
        if (exact) expect(selected).toBe(sees(target))
      }),
    )
  })
})
