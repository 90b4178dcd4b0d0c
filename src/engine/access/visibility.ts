import { decide } from './decide.js'
import { applicableGrants, type ApplicableGrants } from './grant-index.js'
import { isLiteral, matchesAll, patternProblem, type MatchMode } from './match-mode.js'
import type { Grants, Principal } from './principal.js'
import type { CompiledGrant } from './compiled-grant.js'

/** What of a list a principal may see. */
export interface Visibility {
  /** Every visible object is in one of these projects; `all` = any project may hold one. For the WHERE of a list. */
  readonly projects: 'all' | readonly string[]
  /** True when `projects` alone decides; else each row must pass `sees`. */
  readonly exact: boolean
  readonly sees: (object: string) => boolean
}

/** Resources whose objects always begin with `<project>/`. */
const IN_PROJECTS = ['applications', 'applicationsets', 'logs', 'exec']

/** Resources whose object is the name of a project. */
const NAMED_BY_PROJECT = ['projects', 'audit']

type Reach = Pick<Visibility, 'projects' | 'exact'>

/** The applicable rules of a question are one object as long as the policy stands, so what they reach is found once. */
const reaches = new WeakMap<ApplicableGrants, Reach>()

/** The widest set of projects that a list must read, and the matcher for its rows. Never loses a visible object. */
export function visibility(principal: Principal, resource: string, action: string): Visibility {
  const { grants, limit } = principal
  const reachIn = (some: Grants): Reach => knownReach(some, resource, action)
  const own = reachIn(grants)
  const granted = grants.overriding === undefined ? own : union(own, reachIn(grants.overriding))
  const reach = limit === undefined ? granted : intersection(granted, reachIn(limit))
  return {
    projects: reach.projects,
    exact: reach.exact,
    sees: (object) => decide(principal, resource, action, object) === undefined,
  }
}

function knownReach(grants: Grants, resource: string, action: string): Reach {
  const applicable = applicableGrants(grants, resource, action)
  const known = reaches.get(applicable)
  if (known !== undefined) return known
  const found = reachOf(applicable, resource)
  reaches.set(applicable, found)
  return found
}

function intersection(one: Reach, other: Reach): Reach {
  const exact = one.exact && other.exact
  const { projects } = other
  if (one.projects === 'all') return { projects, exact }
  if (projects === 'all') return { projects: one.projects, exact }
  return { projects: one.projects.filter((project) => projects.includes(project)), exact }
}

function union(one: Reach, other: Reach): Reach {
  if (one.projects === 'all' || other.projects === 'all') {
    const isWhole = [one, other].some(({ projects, exact }) => projects === 'all' && exact)
    return { projects: 'all', exact: isWhole }
  }
  return {
    projects: [...new Set([...one.projects, ...other.projects])].sort(),
    exact: one.exact && other.exact,
  }
}

function reachOf({ allows, denies, mode }: ApplicableGrants, resource: string): Reach {
  const scopeIn = (rule: CompiledGrant): Scope => scopeOf(rule, resource, mode)
  const scopes = allows.map(scopeIn)
  const elsewhere = scopes.filter((scope) => scope.project === undefined)
  if (elsewhere.length > 0) {
    return { projects: 'all', exact: denies.length === 0 && elsewhere.some((scope) => scope.whole) }
  }
  const denied = denies.map(scopeIn).filter((scope) => scope.whole)
  const isDenied = (project: string): boolean =>
    denied.some((scope) => scope.project === undefined || scope.project === project)
  const named = scopes.map((scope) => scope.project ?? '')
  const projects = [...new Set(named)].filter((project) => !isDenied(project)).sort()
  const whole = new Set(
    scopes.flatMap((scope) => (scope.whole && scope.project !== undefined ? [scope.project] : [])),
  )
  return { projects, exact: denies.length === 0 && projects.every((project) => whole.has(project)) }
}

/** `visibility(…).projects`: what a list puts into SQL. Rows still pass `decide` unless the visibility is exact. */
export function visibleProjects(
  principal: Principal,
  resource: string,
  action: string,
): 'all' | readonly string[] {
  return visibility(principal, resource, action).projects
}

interface Scope {
  /** Undefined when the pattern can match objects of more than one project, or of none. */
  readonly project: string | undefined
  /** Does the pattern cover all objects of the project (or of all projects)? */
  readonly whole: boolean
}

function scopeOf(rule: CompiledGrant, resource: string, mode: MatchMode): Scope {
  const scope = scopeOfPattern(rule.grant.object, resource, mode)
  const { within } = rule.grant
  // A rule that counts within one project never covers all of another, nor of all.
  if (within === undefined || scope.project === within) return scope
  const isOfProject = NAMED_BY_PROJECT.includes(resource) || IN_PROJECTS.includes(resource)
  return { project: isOfProject ? within : undefined, whole: false }
}

function scopeOfPattern(pattern: string, resource: string, mode: MatchMode): Scope {
  if (NAMED_BY_PROJECT.includes(resource) && isLiteral(mode, pattern))
    return { project: pattern, whole: true }
  if (!IN_PROJECTS.includes(resource)) return { project: undefined, whole: matchesAll(mode, pattern) }
  const slash = pattern.indexOf('/')
  const head = slash < 0 ? pattern : pattern.slice(0, slash)
  // An unreadable deny matches everything, also of other projects.
  const isReadable = patternProblem(mode, pattern) === undefined
  if (isReadable && isLiteral(mode, head))
    return { project: head, whole: slash >= 0 && matchesAll(mode, pattern.slice(slash + 1)) }
  return { project: undefined, whole: matchesAll(mode, pattern) }
}
