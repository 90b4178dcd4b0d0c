import { compilePattern, isLiteral, patternProblem, type MatchMode } from './match-mode.js'
import type { Grant, Grants, Principal } from './principal.js'

/** The rules that speak of one resource and action, ready to be asked about objects. */
export interface ApplicableGrants {
  readonly mode: MatchMode
  readonly allows: readonly CompiledGrant[]
  readonly denies: readonly CompiledGrant[]
  /** A rule that allows (denies) it with this object; found without asking those of other projects. */
  readonly allowing: (object: string) => CompiledGrant | undefined
  readonly denying: (object: string) => CompiledGrant | undefined
}

export interface CompiledGrant {
  readonly grant: Grant
  readonly matches: (object: string) => boolean
}

interface GrantIndex {
  readonly mode: MatchMode
  readonly rules: readonly CompiledRule[]
  readonly byQuestion: Map<string, ApplicableGrants>
}

interface CompiledRule {
  readonly grant: Grant
  /** The rule, ready for objects of this resource. */
  readonly about: (resource: string) => CompiledGrant
  readonly concerns: (resource: string, action: string) => boolean
}

type Matcher = (text: string) => boolean

/** Actions name kinds (`action/apps/Deployment/restart`), so questions are many; the memory of them is not. */
const MAX_QUESTIONS = 500

const indexes = new WeakMap<Grants, GrantIndex>()

/** The rules for one resource and action. Compiled once per `Grants` object, so keep the object, do not copy it. */
export function applicableGrants(grants: Grants, resource: string, action: string): ApplicableGrants {
  const index = indexOf(grants)
  const question = `${resource} ${action}`
  const known = index.byQuestion.get(question)
  if (known !== undefined) return known
  const rules = index.rules
    .filter((rule) => rule.concerns(resource, action))
    .map((rule) => rule.about(resource))
  const allows = rules.filter((rule) => rule.grant.effect === 'allow')
  const denies = rules.filter((rule) => rule.grant.effect === 'deny')
  const { mode } = index
  const found = { mode, allows, denies, allowing: finder(allows, mode), denying: finder(denies, mode) }
  if (index.byQuestion.size >= MAX_QUESTIONS) index.byQuestion.clear()
  index.byQuestion.set(question, found)
  return found
}

/** May it be done with any object at all? A first look. */
export function holdsAnywhere(
  { grants, limit }: Pick<Principal, 'grants' | 'limit'>,
  resource: string,
  action: string,
): boolean {
  const has = (some: Grants): boolean => applicableGrants(some, resource, action).allows.length > 0
  const isGranted = has(grants) || (grants.overriding !== undefined && has(grants.overriding))
  return isGranted && (limit === undefined || has(limit))
}

function indexOf(grants: Grants): GrantIndex {
  const known = indexes.get(grants)
  if (known !== undefined) return known
  const mode = grants.matchMode ?? 'glob'
  const matchers = new Matchers(mode)
  const rules = grants.rules.map((grant) => compileRule(grant, matchers))
  const index = { mode, rules, byQuestion: new Map<string, ApplicableGrants>() }
  indexes.set(grants, index)
  return index
}

function compileRule(grant: Grant, matchers: Matchers): CompiledRule {
  const { effect, within } = grant
  const resource = matchers.of(grant.resource, effect)
  const action = matchers.of(grant.action, effect)
  const object = lazy(() => matchers.of(grant.object, effect))
  const mayConcern = (asked: string): boolean => within === undefined || PROJECT_RESOURCES.has(asked)
  return {
    grant,
    about: (asked) => {
      const isOfProject = within === undefined ? undefined : insideOf(within, asked)
      return {
        grant,
        matches: isOfProject === undefined ? object : (text) => isOfProject(text) && object(text),
      }
    },
    concerns: (askedResource, askedAction) =>
      mayConcern(askedResource) && resource(askedResource) && action(askedAction),
  }
}

/** Objects of these can belong to a project; `projects` is the project itself. */
const PROJECT_RESOURCES = new Set([
  'projects',
  'applications',
  'applicationsets',
  'logs',
  'exec',
  'clusters',
  'repositories',
])

function insideOf(project: string, resource: string): Matcher {
  const prefix = `${project}/`
  return resource === 'projects' ? (object) => object === project : (object) => object.startsWith(prefix)
}

/** Compiled patterns: thousands of rules share a few of them. A pattern that nobody can read allows nothing, and denies everything. */
class Matchers {
  readonly #mode: MatchMode
  readonly #known = new Map<string, Matcher>()

  constructor(mode: MatchMode) {
    this.#mode = mode
  }

  of(pattern: string, effect: Grant['effect']): Matcher {
    const key = `${effect} ${pattern}`
    const known = this.#known.get(key)
    if (known !== undefined) return known
    const isUnreadable = effect === 'deny' && patternProblem(this.#mode, pattern) !== undefined
    const matcher = isUnreadable ? () => true : compilePattern(this.#mode, pattern)
    this.#known.set(key, matcher)
    return matcher
  }
}

function lazy(make: () => Matcher): Matcher {
  let made: Matcher | undefined
  return (text) => (made ??= make())(text)
}

/** Sorts rules by what they can match, so that a question asks a handful of them. */
function finder(
  rules: readonly CompiledGrant[],
  mode: MatchMode,
): (object: string) => CompiledGrant | undefined {
  const exact = new Map<string, CompiledGrant>()
  const byHead = new Map<string, CompiledGrant[]>()
  const rest: CompiledGrant[] = []
  for (const rule of rules) {
    const { object } = rule.grant
    const head = headOf(object)
    if (isLiteral(mode, object)) {
      if (rule.matches(object)) exact.set(object, rule)
    } else if (head === undefined || !isLiteral(mode, head) || patternProblem(mode, object) !== undefined) {
      rest.push(rule)
    } else {
      const list = byHead.get(head)
      if (list === undefined) byHead.set(head, [rule])
      else list.push(rule)
    }
  }
  return (object) => {
    const found = exact.get(object) ?? firstMatch(rest, object)
    if (found !== undefined || byHead.size === 0) return found
    const list = byHead.get(headOf(object) ?? object)
    return list === undefined ? undefined : firstMatch(list, object)
  }
}

function headOf(object: string): string | undefined {
  const slash = object.indexOf('/')
  return slash < 0 ? undefined : object.slice(0, slash)
}

function firstMatch(rules: readonly CompiledGrant[], object: string): CompiledGrant | undefined {
  for (const rule of rules) if (rule.matches(object)) return rule
  return undefined
}
