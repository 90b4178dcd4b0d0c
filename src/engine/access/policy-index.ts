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
  /** The project that made it: what it leads to counts for objects of that project only. */
  readonly within?: string
}

/** A name that a login stands for, or a role reached from one. */
export interface Reached {
  readonly name: string
  /** Reached over the groups of a project's role: then it counts within that project only. */
  readonly within?: string
  /** Key of where it was reached from, and the membership that led here; absent for names of the login. */
  readonly from?: string
  readonly at?: PolicyText
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
    if (line.kind === 'member') this.addMember(line.member, { role: line.role, at })
    else if (outsideProject(line) === undefined) this.addRule(line, at)
  }

  addMember(member: string, membership: Membership): void {
    append(this.roles, member, membership)
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
      index.addMember(group, { role: subject, at: at(`g, ${group}, ${subject}`, 0), within: project })
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
  const rules = [...reachedRoles(index, names).values()].flatMap((reached) =>
    rulesOf(index, reached).map(({ grant }) => grant),
  )
  return { rules, matchMode: index.matchMode }
}

/** The rules that speak of a name, as far as they count on the way it was reached. */
export function rulesOf(index: PolicyIndex, { name, within }: Reached): readonly IndexedGrant[] {
  const rules = index.rulesOf.get(name) ?? []
  if (within === undefined) return rules
  return rules
    .filter(({ grant }) => grant.within === undefined || grant.within === within)
    .map((one) => (one.grant.within === within ? one : { ...one, grant: { ...one.grant, within } }))
}

/**
 * Every name and every role reached from them, by key. Who edits a project chooses the groups of its roles; so what such a
 * group reaches counts within that project, although an administrator made the role of the project a member of more.
 */
export function reachedRoles(index: PolicyIndex, names: readonly string[]): ReadonlyMap<string, Reached> {
  const reached = new Map<string, Reached>()
  for (const name of names) reached.set(name, { name })
  for (const [from, one] of reached) {
    for (const membership of index.rolesOf.get(one.name) ?? []) {
      const [key, next] = step(one, membership)
      if (next !== undefined && !reached.has(next.name) && !reached.has(key))
        reached.set(key, { ...next, from })
    }
  }
  return reached
}

/** Where a membership leads; nowhere from within one project into another. */
function step({ within: so }: Reached, { role, at, within = so }: Membership): readonly [string, Reached?] {
  if (within === undefined) return [role, { name: role, at }]
  const key = `${role} ${within}`
  return so === undefined || so === within ? [key, { name: role, at, within }] : [key]
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
