import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BUILT_IN_POLICY } from '../../../src/engine/access/built-in-policy.js'
import { decide } from '../../../src/engine/access/decide.js'
import { explainAccess } from '../../../src/engine/access/explain-access.js'
import type { MatchMode } from '../../../src/engine/access/match-mode.js'
import { EMPTY_POLICY } from '../../../src/engine/access/policy-document.js'
import { grantsFor, indexPolicy, type RolesOfProject } from '../../../src/engine/access/policy-index.js'
import { OBJECTS_IN_PROJECTS } from '../../../src/engine/access/policy-words.js'
import type { Principal } from '../../../src/engine/access/principal.js'
import { visibility } from '../../../src/engine/access/visibility.js'
import { casbinEnforcer } from './casbin-model.js'

/** One virtual member of all names of a login: Casbin knows one subject a question. */
const LOGIN = 'login-of-the-question'
const POLICIES = 700
const QUESTIONS = 80

const subject = fc.constantFrom('alice', 'bob', 'admin', 'proj:a:ci')
const group = fc.constantFrom('team', 'ops', 'acme:dev')
const role = fc.constantFrom('role:a', 'role:b', 'role:c', 'role:readonly', 'role:admin')
const resource = fc.constantFrom('applications', 'projects', 'logs', 'clusters', 'exec', 'repositories')
const action = fc.constantFrom(
  'get',
  'sync',
  'update',
  'delete',
  'update/apps/Deployment/ns/x',
  'delete//Pod/ns/x',
  'action/apps/Deployment/restart',
)
const object = fc.constantFrom(
  'a/x',
  'a/y',
  'a/ns/x',
  'b/x',
  'ab/x',
  'b',
  'a',
  'https://k8s',
  'a/https://k8s',
)
const effect = fc.constantFrom('allow', 'allow', 'deny')

const GLOBS = {
  object: fc.constantFrom('*', 'a/*', 'a/x', '*/x', 'b*', '?/y', 'a/*/x', 'https*', 'a', 'b/x'),
  action: fc.oneof(action, fc.constantFrom('*', 'action/*', 'update/*', 'delete/*/Pod/*')),
  any: '*',
}
const EXPRESSIONS = {
  object: fc.constantFrom('.*', 'a/.*', '^a/', 'x$', 'a/x', '[ab]/x', '^b', 'k8s', '^(a|b)$', 'a/ns/x'),
  action: fc.oneof(action, fc.constantFrom('.*', '^action/.*', '^update', 'get|sync')),
  any: '.*',
}

function policies(mode: MatchMode) {
  const words = mode === 'glob' ? GLOBS : EXPRESSIONS
  const rights = fc.tuple(fc.oneof(resource, fc.constant(words.any)), words.action)
  const grant = fc
    .tuple(fc.oneof(fc.constantFrom('alice', 'bob', 'admin'), group, role), rights, words.object, effect)
    .map(([who, [res, act], obj, eft]) => `p, ${[who, res, act, obj, eft].join(', ')}`)
  const member = fc.tuple(fc.oneof(subject, group, role), role).map(([one, other]) => `g, ${one}, ${other}`)
  const ofProject = fc
    .tuple(fc.constantFrom('applications', 'logs', 'exec', 'repositories'), words.action, effect)
    .chain(([res, act, eft]) =>
      fc
        .constantFrom(...(mode === 'glob' ? ['a/*', 'a/x', 'a/n?/*'] : ['a/.*', 'a/x', 'a/?']))
        .map((obj) => `p, proj:a:ci, ${[res, act, obj, eft].join(', ')}`),
    )
  return fc.record({
    lines: fc.array(fc.oneof({ weight: 3, arbitrary: grant }, { weight: 1, arbitrary: member }), {
      maxLength: 14,
    }),
    ofProject: fc.array(ofProject, { maxLength: 4 }),
    members: fc.uniqueArray(group, { maxLength: 2 }),
    defaultRole: fc.constantFrom('', '', 'role:a', 'role:readonly'),
    defaultOverridesDeny: fc.boolean(),
    name: subject,
    groups: fc.uniqueArray(group),
    questions: fc.array(fc.tuple(resource, action, object), { minLength: QUESTIONS, maxLength: QUESTIONS }),
  })
}

type Case = Parameters<
  Parameters<typeof fc.property<[ReturnType<typeof policies> extends fc.Arbitrary<infer T> ? T : never]>>[1]
>[0]

/** What the model says: for objects outside the project without the roles of the project, as Argo CD loads them. */
async function reference(one: Case, mode: MatchMode) {
  const builtIn = BUILT_IN_POLICY.map((line) => (mode === 'glob' ? line : line.replaceAll('*', '.*')))
  const names = [one.name, ...one.groups, ...(one.defaultRole === '' ? [] : [one.defaultRole])]
  const base = [...builtIn, ...one.lines, ...names.map((name) => `g, ${LOGIN}, ${name}`)]
  const project = [
    'p, proj:a:ci, projects, get, a, allow',
    ...one.ofProject,
    ...one.members.map((member) => `g, ${member}, proj:a:ci`),
  ]
  const outside = await casbinEnforcer(base, mode)
  const inside = await casbinEnforcer([...base, ...project], mode)
  return ([res, act, obj]: readonly [string, string, string]): boolean => {
    const isInside = res === 'projects' ? obj === 'a' : obj.startsWith('a/')
    const enforcer = isInside ? inside : outside
    const overrides =
      one.defaultOverridesDeny &&
      one.defaultRole !== '' &&
      enforcer.enforceSync(one.defaultRole, res, act, obj)
    return overrides || enforcer.enforceSync(LOGIN, res, act, obj)
  }
}

function policyOf(one: Case, mode: MatchMode) {
  const { defaultRole, defaultOverridesDeny } = one
  const csv = one.lines.join('\n')
  const projects: RolesOfProject[] = [
    { project: 'a', roles: [{ name: 'ci', policies: one.ofProject, groups: one.members }] },
  ]
  return indexPolicy({ ...EMPTY_POLICY, csv, matchMode: mode, defaultRole, defaultOverridesDeny }, projects)
}

/** Rows of a list belong to a project; a question can be about an object that none could have. */
function canBeListed(res: string, obj: string): boolean {
  return !OBJECTS_IN_PROJECTS.includes(res) || obj.includes('/')
}

/** Would the list show it: first what SQL is given, then the matcher for the rows. */
function isListed(principal: Principal, res: string, act: string, obj: string): boolean {
  const { projects, exact, sees } = visibility(principal, res, act)
  const isSelected =
    projects === 'all' || projects.includes(res === 'projects' ? obj : (obj.split('/')[0] ?? ''))
  return isSelected && (exact || sees(obj))
}

describe('compiled grants, lists and the explanation agree with node-casbin', () => {
  it.each<MatchMode>(['glob', 'regex'])(
    '[1.11 Model] D-01 56,000 random decisions in mode %s, each asked of node-casbin, differ in none',
    async (mode) => {
      let decisions = 0
      await fc.assert(
        fc.asyncProperty(policies(mode), async (one) => {
          const index = policyOf(one, mode)
          const { name: who, groups } = one
          const principal: Principal = {
            subject: who,
            kind: 'user',
            groups,
            grants: grantsFor(index, who, groups),
          }
          const expected = await reference(one, mode)
          for (const [res, act, obj] of one.questions) {
            const wanted = expected([res, act, obj])
            const allowed = decide(principal, res, act, obj) === undefined
            const listed = isListed(principal, res, act, obj)
            const explained = explainAccess(index, {
              subject: who,
              groups,
              resource: res,
              action: act,
              object: obj,
            })
            decisions += 1
            if (
              allowed === wanted &&
              explained.allowed === wanted &&
              (listed === wanted || !canBeListed(res, obj))
            )
              continue
            expect({ question: [res, act, obj], allowed, listed, explained: explained.allowed }).toEqual({
              question: [res, act, obj],
              allowed: wanted,
              listed: wanted,
              explained: wanted,
            })
          }
        }),
        { numRuns: POLICIES },
      )
      expect(decisions).toBeGreaterThanOrEqual(50_000)
    },
    300_000,
  )
})
