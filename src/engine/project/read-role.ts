import {
  checked,
  fieldsOf,
  ignored,
  inside,
  listOf,
  refuse,
  text,
  type Place,
} from '../application/read-fields.js'
import { didYouMean } from '../application/did-you-mean.js'
import { parsePolicyLine, type PolicyLine } from '../access/policy-line.js'
import type { ProjectRole } from './project.js'

/** Resources that a role of a project can speak of → its actions (contract 1.10, 1.11). */
const ACTIONS: Readonly<Record<string, readonly string[]>> = {
  applications: ['get', 'create', 'update', 'delete', 'sync', 'override', 'rollback', 'action'],
  applicationsets: ['get', 'create', 'update', 'delete'],
  logs: ['get'],
  exec: ['create'],
  clusters: ['get', 'create', 'update', 'delete'],
  repositories: ['get', 'create', 'update', 'delete'],
}

const ROLE_NAME = /^[a-zA-Z0-9]([-_a-zA-Z0-9]*[a-zA-Z0-9])?$/

const roleName = checked((name) =>
  ROLE_NAME.test(name)
    ? undefined
    : 'is not a name of a role: use letters, digits, "-" and "_", beginning and ending with a letter or digit.',
)

const group = checked((name) =>
  name === name.trim() && !/[\u0000-\u001f\u007f]/.test(name)
    ? undefined
    : 'is not a name of a group: it begins or ends with a blank, or holds a line break.',
)

/** Tokens are records of the installation (`proj role create-token`); what a manifest lists of Argo CD's means nothing. */
const role = fieldsOf<ProjectRole>(
  { name: roleName, description: text, policies: listOf(text), groups: listOf(group) },
  ['name'],
  { jwtTokens: ignored },
)

/** The roles of a project as written; what they say is judged by {@link judgeRoles}, which knows the project. */
export const roles = listOf(role)

/**
 * Notes every policy line that is not of this very role and project, and names that come twice. A line of another
 * subject or of objects outside the project would give rights over other teams (contract 1.10 roles, 2.7.10).
 */
export function judgeRoles(project: string, written: readonly ProjectRole[], place: Place): void {
  const names = new Set<string>()
  for (const [index, { name, policies = [] }] of written.entries()) {
    const at: Place = { path: `${place.path}[${index}]`, problems: place.problems }
    if (names.has(name)) refuse(inside(at, 'name'), `"${name}" names another role already; use another name.`)
    names.add(name)
    for (const [line, policy] of policies.entries()) {
      const problem = policyProblem({ project, role: name }, policy)
      const twice = policies.indexOf(policy) < line ? 'stands here twice; remove one.' : undefined
      const message = problem ?? twice
      if (message !== undefined)
        refuse({ path: `${at.path}.policies[${line}]`, problems: place.problems }, message)
    }
  }
}

interface RoleOfProject {
  readonly project: string
  readonly role: string
}

/** What is wrong with a policy line of this role, as a sentence, or undefined. */
export function policyProblem({ project, role: name }: RoleOfProject, policy: string): string | undefined {
  if (/[\r\n]/.test(policy)) return 'is more than one line; write one policy an entry.'
  const line = parsePolicyLine(policy)
  if (line === undefined) return 'is empty; remove it.'
  if (typeof line === 'string') return `cannot be read: ${line}.`
  if (line.kind !== 'grant') return 'makes members; name groups in the groups of the role instead.'
  const subject = `proj:${project}:${name}`
  if (line.subject !== subject)
    return `speaks of "${line.subject}"; the subject of this role is "${subject}".`
  return wordProblem(line) ?? objectProblem(project, line.object)
}

type GrantLine = Extract<PolicyLine, { readonly kind: 'grant' }>

function wordProblem({ resource, action }: GrantLine): string | undefined {
  if (resource === '*') return undefined
  const actions = ACTIONS[resource]
  if (actions === undefined) {
    return `speaks of "${resource}", which roles of a project do not have. ${advice(resource, Object.keys(ACTIONS))}`
  }
  const [verb = ''] = action.split('/', 1)
  if (/[*?[{]/.test(verb) || actions.includes(verb)) return undefined
  return `speaks of the action "${action}", which ${resource} do not have. ${advice(verb, actions)}`
}

function objectProblem(project: string, object: string): string | undefined {
  const prefix = `${project}/`
  const rest = object.startsWith(prefix) ? object.slice(prefix.length) : ''
  // A regular expression with "|" would leave the project by its second half.
  if (rest !== '' && !rest.includes('|')) return undefined
  return `speaks of "${object}", which is not of this project; objects begin with "${prefix}" and hold no "|".`
}

function advice(wrong: string, known: readonly string[]): string {
  const meant = didYouMean(wrong, known)
  return meant === undefined ? `Use one of ${known.join(', ')}.` : `Did you mean "${meant}"?`
}
