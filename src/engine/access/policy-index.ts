import { BUILT_IN_POLICY } from './built-in-policy.js'
import type { MatchMode } from './match-mode.js'
import { EMPTY_POLICY, policyTexts, type PolicyDocument, type PolicyText } from './policy-document.js'
import { parsePolicyLine, type PolicyLine } from './policy-line.js'
import type { Grant, Grants } from './principal.js'

/** The roles of one project as its spec has them. */
export interface RolesOfProject {
  readonly project: string
  readonly roles: readonly {
    readonly name: string
    readonly policies?: readonly string[]
    readonly groups?: readonly string[]
  }[]
}

/** A rule and where it stands. */
export interface IndexedGrant {
  readonly grant: Grant
  readonly at: PolicyText
}

export interface Membership {
  readonly role: string
  readonly at: PolicyText
}

/** A policy read once, so that the rules of one person are found without reading it again. */
export interface PolicyIndex {
  readonly matchMode: MatchMode
  readonly defaultRole: string
  readonly defaultOverridesDeny: boolean
  readonly rulesOf: ReadonlyMap<string, readonly IndexedGrant[]>
  readonly rolesOf: ReadonlyMap<string, readonly Membership[]>
}

/** Resources that the roles of a project may speak of; their objects begin with `<project>/` (contract 1.10). */
const PROJECT_RESOURCES = ['applications', 'applicationsets', 'logs', 'exec', 'clusters', 'repositories', '*']

/**
 * Reads the built-in roles, the document, and the roles of all projects. Malformed lines are left out: refuse them when they
 * are saved. What the role of a project says counts for objects of its project only, whatever the pattern.
 */
export function indexPolicy(
  document: PolicyDocument = EMPTY_POLICY,
  projects: readonly RolesOfProject[] = [],
): PolicyIndex {
  const { matchMode, defaultRole, defaultOverridesDeny } = document
  const index = new IndexBuilder()
  for (const at of BUILT_IN) index.addLine(builtIn(at, matchMode))
  for (const at of policyTexts(document)) index.addLine(at)
  for (const roles of projects) addProject(index, roles)
  return { matchMode, defaultRole, defaultOverridesDeny, rulesOf: index.rules, rolesOf: index.roles }
}

const BUILT_IN: readonly PolicyText[] = BUILT_IN_POLICY.map((text, at) => ({
  source: 'built-in',
  line: at + 1,
  text,
}))

/** The built-in roles are written as globs; as an expression each star is another. */
function builtIn(at: PolicyText, mode: MatchMode): PolicyText {
  return mode === 'glob' ? at : { ...at, text: at.text.replaceAll('*', '.*') }
}

class IndexBuilder {
  readonly rules = new Map<string, IndexedGrant[]>()
  readonly roles = new Map<string, Membership[]>()

  addLine(at: PolicyText): void {
    const line = parsePolicyLine(at.text)
    if (line === undefined || typeof line === 'string') return
    if (line.kind === 'member') this.addMember(line, at)
    else if (outsideProject(line) === undefined) this.addRule(line, at)
  }

  addMember({ member, role }: { readonly member: string; readonly role: string }, at: PolicyText): void {
    append(this.roles, member, { role, at })
  }

  addRule(line: GrantLine, at: PolicyText): void {
    const { resource, action, object, effect } = line
    const within = projectOf(line.subject)
    const grant = { resource, action, object, effect, ...(within !== undefined && { within }) }
    append(this.rules, line.subject, { grant, at })
  }
}

/** Whoever has a role of a project sees the project itself. */
function addProject(index: IndexBuilder, { project, roles }: RolesOfProject): void {
  for (const { name, policies = [], groups = [] } of roles) {
    const subject = `proj:${project}:${name}`
    const source = `project "${project}", role "${name}"`
    const at = (text: string, line: number): PolicyText => ({ source, line, text })
    const sight = { resource: 'projects', action: 'get', object: project, effect: 'allow' as const }
    index.addRule(
      { kind: 'grant', subject, ...sight },
      at(`p, ${subject}, projects, get, ${project}, allow`, 0),
    )
    for (const [position, text] of policies.entries()) {
      const line = parsePolicyLine(text)
      const isOwn = typeof line === 'object' && line.kind === 'grant' && line.subject === subject
      if (isOwn) index.addLine(at(text, position + 1))
    }
    for (const group of groups.filter((one) => !isRole(one)))
      index.addMember({ member: group, role: subject }, at(`g, ${group}, ${subject}`, 0))
  }
}

/**
 * The rules that apply to one subject: its own, those of its groups, of the default role, and of all roles that these have,
 * directly or through other roles (contract 1.11). Names that begin with `role:` are never taken from a login, so that
 * nobody becomes an administrator by the name of a group; neither does a group become a project role (`proj:…`).
 */
export function grantsFor(index: PolicyIndex, subject: string, groups: readonly string[]): Grants {
  const names = namesOf(index, subject, groups)
  const grants = grantsOfNames(index, names)
  if (!index.defaultOverridesDeny || index.defaultRole === '') return grants
  return { ...grants, overriding: grantsOfNames(index, [index.defaultRole]) }
}

/** The names that a login stands for, the default role included. */
export function namesOf(index: PolicyIndex, subject: string, groups: readonly string[]): readonly string[] {
  return [
    ...(subject.startsWith('role:') ? [] : [subject]),
    ...groups.filter((group) => !isRole(group)),
    ...(index.defaultRole === '' ? [] : [index.defaultRole]),
  ]
}

/** The rules of these very names and of what they are members of. */
export function grantsOfNames(index: PolicyIndex, names: readonly string[]): Grants {
  const rules = [...reachedRoles(index, names).keys()].flatMap((name) =>
    (index.rulesOf.get(name) ?? []).map(({ grant }) => grant),
  )
  return { rules, matchMode: index.matchMode }
}

/** Every name and every role reached from them, each with the membership that led there. */
export function reachedRoles(
  index: PolicyIndex,
  names: readonly string[],
): ReadonlyMap<string, { readonly from: string; readonly at: PolicyText } | undefined> {
  const reached = new Map<string, { readonly from: string; readonly at: PolicyText } | undefined>()
  for (const name of names) reached.set(name, undefined)
  for (const name of reached.keys()) {
    for (const { role, at } of index.rolesOf.get(name) ?? [])
      if (!reached.has(role)) reached.set(role, { from: name, at })
  }
  return reached
}

type GrantLine = Extract<PolicyLine, { readonly kind: 'grant' }>

/** Why a line of `proj:<project>:<role>` does not count, as half a sentence. */
export function outsideProject(line: GrantLine): string | undefined {
  const project = projectOf(line.subject)
  if (project === undefined) return undefined
  const speaksOfIt = project !== '' && line.object.startsWith(`${project}/`)
  if (speaksOfIt && PROJECT_RESOURCES.includes(line.resource)) return undefined
  return `a role of a project may only speak of its own objects, not of "${line.object}"`
}

function projectOf(subject: string): string | undefined {
  return subject.startsWith('proj:') ? (subject.split(':')[1] ?? '') : undefined
}

function isRole(name: string): boolean {
  return name.startsWith('role:') || name.startsWith('proj:')
}

function append<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [item])
  else list.push(item)
}
