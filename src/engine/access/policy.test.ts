import { describe, expect, it } from 'vitest'
import { applicationObject } from './application-object.js'
import { decide } from './decide.js'
import { explainAccess } from './explain-access.js'
import { judgePolicy } from './judge-policy.js'
import { EMPTY_POLICY, type PolicyDocument } from './policy-document.js'
import { grantsFor, indexPolicy, type RolesOfProject } from './policy-index.js'
import { POLICY_WORDS } from './policy-words.js'
import { kindAction, resourceAction } from './resource-action.js'
import { visibility } from './visibility.js'

const NO_PROJECTS: readonly RolesOfProject[] = []

function asker(change: Partial<PolicyDocument>, projects = NO_PROJECTS) {
  const index = indexPolicy({ ...EMPTY_POLICY, ...change }, projects)
  return (subject: string, question: string, groups: readonly string[] = []): boolean => {
    const [resource = '', action = '', object = ''] = question.split(' ')
    const grants = grantsFor(index, subject, groups)
    return decide({ subject, kind: 'user', groups, grants }, resource, action, object) === undefined
  }
}

const ROLE: RolesOfProject = {
  project: 'demo',
  roles: [
    {
      name: 'dev',
      policies: [
        'p, proj:demo:dev, applications, sync, demo/*, allow',
        'p, proj:other:x, logs, get, other/*, allow',
      ],
      groups: ['acme:team one', 'role:readonly'],
    },
  ],
}

describe('policies as documents', () => {
  it('[1.11 Policy sources] overlays come after policy.csv in the order of their names, each line with its place', () => {
    const overlays = { b: 'x', a: 'p, alice, logs, get, *, allow\ny' }
    const { problems } = judgePolicy({ ...EMPTY_POLICY, csv: 'z', overlays })
    expect(problems.map(({ source, line }) => `${source}:${line}`)).toEqual([
      'policy.csv:1',
      'policy.a.csv:2',
      'policy.b.csv:1',
    ])
    expect(asker({ overlays })('alice', 'logs get demo/x')).toBe(true)
  })

  it('[1.11 Match mode] an expression is unanchored, a glob is not, and its star crosses "/"', () => {
    const regex = asker({ matchMode: 'regex', csv: 'p, alice, applications, get, demo, allow' })
    expect(regex('alice', 'applications get my-demo/x')).toBe(true)
    const anchored = asker({ matchMode: 'regex', csv: 'p, alice, ^logs$, get|create, ^demo/, allow' })
    expect(anchored('alice', 'logs get my-demo/x')).toBe(false)
    expect(anchored('alice', 'logs get demo/x')).toBe(true)
    const glob = asker({ csv: 'p, alice, applications, get, demo/*, allow' })
    expect(glob('alice', 'applications get demo/ns/x')).toBe(true)
    expect(glob('alice', 'applications get my-demo/x')).toBe(false)
  })

  it('D-03 an expression that backtracks elsewhere is linear here, and the built-in roles work in both modes', () => {
    const regex = asker({ matchMode: 'regex', csv: 'p, alice, logs, get, (a+)+$, allow' })
    const begin = performance.now()
    expect(regex('alice', `logs get ${'a'.repeat(50_000)}!`)).toBe(false)
    expect(performance.now() - begin).toBeLessThan(1_000)
    expect(regex('admin', 'clusters delete https://k8s')).toBe(true)
    expect(regex('admin', 'applications action/apps/Deployment/restart demo/x')).toBe(true)
  })

  it('[1.11 Default role] everybody has it; a deny stands against it, but not in compatibility mode', () => {
    const change = { defaultRole: 'role:readonly', csv: 'p, alice, applications, get, demo/x, deny' }
    expect(asker(change)('bob', 'applications get demo/x')).toBe(true)
    expect(asker(change)('alice', 'applications get demo/x')).toBe(false)
    const compatible = { ...change, defaultOverridesDeny: true }
    expect(asker(compatible)('alice', 'applications get demo/x')).toBe(true)
    expect(judgePolicy({ ...EMPTY_POLICY, ...compatible }).warnings[0]?.message).toContain('cannot be denied')
    const index = indexPolicy({ ...EMPTY_POLICY, ...compatible })
    const grants = grantsFor(index, 'alice', [])
    const seen = visibility({ subject: 'alice', kind: 'user', groups: [], grants }, 'applications', 'get')
    expect([seen.projects, seen.exact]).toEqual(['all', true])
  })

  it('[1.11 Resources] [1.11 Actions] [1.11 Matrix] every word of the matrix can be allowed, and no other line passes unseen', () => {
    for (const [resource, actions] of Object.entries(POLICY_WORDS)) {
      for (const action of actions) {
        const csv = `p, alice, ${resource}, ${action}, demo/x, allow`
        expect(judgePolicy({ ...EMPTY_POLICY, csv })).toEqual({ problems: [], warnings: [] })
        expect(asker({ csv })('alice', `${resource} ${action} demo/x`)).toBe(true)
      }
    }
  })

  it.each([
    ['p, a, application, get, demo/x, allow', 'Did you mean "applications"?'],
    ['p, a, logs, sync, demo/x, allow', 'never matches: logs have no action "sync"'],
    ['p, a, applications, action/apps/Deployment/restart, demo/x, allow', undefined],
    ['p, a, clusters, update/*, *, allow', undefined],
    ['p, a, logs, action/*, demo/x, allow', 'never matches'],
    ['p, a, applications, get, demo, allow', 'has no "/"'],
    ['g, a, role:red', 'no line gives "role:red" anything'],
    ['g, a, role:admn', 'Did you mean "role:admin"?'],
    ['g, a, a', 'a member of itself'],
    ['g, a, role:admin\ng, a, role:admin', 'the same stands in line 1'],
  ])('[1.11 Tools] %s is warned of: %s', (csv, message) => {
    const { warnings, problems } = judgePolicy({ ...EMPTY_POLICY, csv })
    expect(problems).toEqual([])
    if (message === undefined) expect(warnings).toEqual([])
    else expect(warnings[0]?.message).toContain(message)
  })
})

describe('what policies speak of', () => {
  it('[1.11 Object syntax] an application is project/name, with its namespace between outside of the default one', () => {
    const web = { namespace: 'argocd', name: 'web' }
    expect(applicationObject('shop', web)).toBe('shop/web')
    expect(applicationObject('shop', { ...web, namespace: 'team' })).toBe('shop/team/web')
    const csv = `p, anna, applications, get, shop/web, allow
p, anna, clusters, get, https://one:6443, allow
p, anna, clusters, get, shop/https://two:6443, allow
p, anna, repositories, get, shop/https://git.example.org/*, allow
p, anna, projects, get, shop, allow`
    const may = asker({ csv })
    expect(may('anna', 'applications get shop/web')).toBe(true)
    expect(may('anna', 'applications get shop/team/web')).toBe(false)
    expect(may('anna', 'clusters get https://one:6443')).toBe(true)
    expect(may('anna', 'clusters get https://two:6443')).toBe(false)
    expect(may('anna', 'clusters get shop/https://two:6443')).toBe(true)
    expect(may('anna', 'repositories get shop/https://git.example.org/web.git')).toBe(true)
    expect(may('anna', 'projects get shop')).toBe(true)
    expect(may('anna', 'projects get other')).toBe(false)
  })

  it('[1.11 Built-in roles] readonly reads, admin does what the matrix has, and admin the account is admin the role', () => {
    const READ = [
      'applications',
      'applicationsets',
      'certificates',
      'clusters',
      'repositories',
      'write-repositories',
      'projects',
      'accounts',
      'gpgkeys',
      'logs',
    ]
    const WRITE: Readonly<Record<string, readonly string[]>> = {
      applications: [
        'create',
        'update',
        'update/apps/Deployment/x/y',
        'delete',
        'delete/apps/Deployment/x/y',
        'sync',
        'rollback',
        'override',
        'action/apps/Deployment/restart',
      ],
      applicationsets: ['create', 'update', 'delete'],
      certificates: ['create', 'update', 'delete'],
      clusters: ['create', 'update', 'delete'],
      repositories: ['create', 'update', 'delete'],
      'write-repositories': ['create', 'update', 'delete'],
      projects: ['create', 'update', 'delete'],
      accounts: ['update'],
      gpgkeys: ['create', 'delete'],
      exec: ['create'],
    }
    const may = asker({ csv: 'g, rita, role:readonly\ng, otto, role:admin' })
    for (const resource of READ) {
      for (const who of ['rita', 'otto', 'admin'])
        expect(may(who, `${resource} get a/b`), resource).toBe(true)
    }
    for (const [resource, actions] of Object.entries(WRITE)) {
      for (const action of actions) {
        const question = `${resource} ${action} a/b`
        expect(may('rita', question), question).toBe(false)
        expect(may('otto', question), question).toBe(true)
        expect(may('admin', question), question).toBe(true)
      }
    }
    expect(may('nora', 'applications get a/b')).toBe(false)
  })
})

describe('roles of projects', () => {
  it('[1.11 Groups] count for groups of any name, show the project, and reach nothing else', () => {
    const may = asker({ csv: 'g, carol, proj:demo:dev' }, [ROLE])
    expect(may('bob', 'applications sync demo/x', ['acme:team one'])).toBe(true)
    expect(may('bob', 'projects get demo', ['acme:team one'])).toBe(true)
    expect(may('carol', 'applications sync demo/x')).toBe(true)
    expect(may('bob', 'projects update demo', ['acme:team one'])).toBe(false)
    expect(may('proj:demo:dev', 'logs get other/x')).toBe(false)
    expect(may('proj:other:x', 'logs get other/x')).toBe(false)
  })

  it('A-31 an expression in the role of a project cannot reach an object outside of it', () => {
    const policies = ['p, proj:demo:dev, *, .*, demo/?, allow', 'p, proj:demo:dev, .*, .*, demo/|x, allow']
    const may = asker({ matchMode: 'regex' }, [{ project: 'demo', roles: [{ name: 'dev', policies }] }])
    for (const question of ['applications sync my-demo/x', 'projects update demo', 'accounts update demo/x'])
      expect(may('proj:demo:dev', question)).toBe(false)
  })
})

describe('rights on resources', () => {
  it('[1.11 Sub-resource inheritance] [1.11 Rights on a resource action] an application does not give its resources', () => {
    const pod = { group: '', kind: 'Pod', namespace: 'ns', name: 'x' }
    const whole = asker({
      csv: 'p, a, applications, delete, demo/*, allow\np, a, applications, update, demo/*, allow',
    })
    expect(whole('a', `applications ${resourceAction('delete', pod)} demo/x`)).toBe(false)
    const fine = asker({
      csv: 'p, a, applications, delete//Pod/*, demo/*, allow\np, a, applications, action//Pod/*, demo/*, allow',
    })
    expect(fine('a', `applications ${resourceAction('delete', pod)} demo/x`)).toBe(true)
    expect(fine('a', `applications ${kindAction(pod, 'evict')} demo/x`)).toBe(true)
    expect(fine('a', `applications ${resourceAction('update', pod)} demo/x`)).toBe(false)
    expect(fine('a', 'applications delete demo/x')).toBe(false)
  })
})

describe('explainAccess()', () => {
  it('names the lines, and the groups and roles that led there; denies first', () => {
    const csv =
      'g, ops, role:a\ng, role:a, role:b\np, role:b, logs, get, *, allow\np, alice, logs, *, demo/x, deny'
    const index = indexPolicy({ ...EMPTY_POLICY, csv })
    const question = { subject: 'alice', groups: ['ops'], resource: 'logs', action: 'get', object: 'demo/x' }
    const { allowed, reason, lines } = explainAccess(index, question)
    expect([allowed, reason]).toEqual([false, expect.stringContaining('a policy denies it to "alice"')])
    expect(lines.map(({ effect, line, via }) => [effect, line, via.join(' ')])).toEqual([
      ['deny', 4, 'alice'],
      ['allow', 3, 'ops policy.csv:1 role:a policy.csv:2 role:b'],
    ])
    expect(explainAccess(index, { ...question, object: 'demo/y' }).reason).toBe(
      'line 3 of policy.csv allows it',
    )
    expect(explainAccess(index, { ...question, groups: [], object: 'demo/y' }).reason).toContain(
      'logs, get, demo/y, allow',
    )
  })
})

describe('speed', () => {
  it('D-08 25 projects, 70 groups and 5,000 lines: one person in 50 ms, a decision in microseconds', () => {
    const lines = Array.from({ length: 5_000 }, (_, at) => {
      const group = `group-${at % 70}`
      return `p, ${group}, applications, ${['get', 'sync', 'delete'][at % 3] ?? ''}, project-${at % 25}/app-${at}*, allow`
    })
    const index = indexPolicy({ ...EMPTY_POLICY, csv: lines.join('\n') })
    const groups = Array.from({ length: 70 }, (_, at) => `group-${at}`)
    const begin = performance.now()
    const grants = grantsFor(index, 'alice', groups)
    const who = { subject: 'alice', kind: 'user' as const, groups, grants }
    expect(decide(who, 'applications', 'get', 'project-0/app-0')).toBeUndefined()
    const compiled = performance.now() - begin
    // Twice the promise, for a machine that does other things too; bench/ measures it alone.
    expect(compiled).toBeLessThan(100)
    const rounds = 2_000
    const from = performance.now()
    for (let at = 0; at < rounds; at += 1) decide(who, 'applications', 'get', `project-${at % 25}/app-${at}`)
    expect(((performance.now() - from) / rounds) * 1_000).toBeLessThan(50)
  })
})
