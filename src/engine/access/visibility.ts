import { decide } from './decide.js'
import { applicableGrants, type ApplicableGrants, type CompiledGrant } from './grant-index.js'
import type { Principal } from './principal.js'

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
  const applicable = applicableGrants(principal.grants, resource, action)
  const reach = reaches.get(applicable) ?? reachOf(applicable, resource)
  reaches.set(applicable, reach)
  return { ...reach, sees: (object) => decide(principal, resource, action, object) === undefined }
}

function reachOf({ allows, denies }: ApplicableGrants, resource: string): Reach {
  const scopes = allows.map((rule) => scopeOf(rule, resource))
  const elsewhere = scopes.filter((scope) => scope.project === undefined)
  if (elsewhere.length > 0) {
    return { projects: 'all', exact: denies.length === 0 && elsewhere.some((scope) => scope.whole) }
  }
  const denied = denies.map((rule) => scopeOf(rule, resource)).filter((scope) => scope.whole)
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

const META = ['*', '?', '[', '{', '\\']

function scopeOf(rule: CompiledGrant, resource: string): Scope {
  const pattern = rule.grant.object
  const slash = pattern.indexOf('/')
  const head = slash < 0 ? pattern : pattern.slice(0, slash)
  const literal = !META.some((mark) => head.includes(mark))
  if (NAMED_BY_PROJECT.includes(resource) && !META.some((mark) => pattern.includes(mark)))
    return { project: pattern, whole: true }
  if (!IN_PROJECTS.includes(resource) || !literal) return { project: undefined, whole: isStar(pattern) }
  return { project: head, whole: slash >= 0 && isStar(pattern.slice(slash + 1)) }
}

function isStar(pattern: string): boolean {
  return pattern === '*' || pattern === '**'
}
