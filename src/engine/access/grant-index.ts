import { compilePattern, patternProblem, type MatchMode } from './match-mode.js'
import type { Grant, Grants, Principal } from './principal.js'
import type { CompiledGrant } from './compiled-grant.js'
import { ruleFinder, type FindRule } from './rule-finder.js'

/** The rules that speak of one resource and action, ready to be asked about objects. */
export interface ApplicableGrants {
  readonly mode: MatchMode
  readonly allows: readonly CompiledGrant[]
  readonly denies: readonly CompiledGrant[]
  /** The rule that decides about an object, found without asking those of other projects. */
  readonly deciding: FindRule
}

interface GrantIndex {
  readonly mode: MatchMode
  readonly families: readonly RuleFamily[]
  readonly byResource: Map<string, Map<string, ApplicableGrants>>
  questions: number
}

/** Rules that speak of the same resources and actions: whether they are asked about is found once for all of them. */
interface RuleFamily {
  readonly concerns: (resource: string, action: string) => boolean
  readonly rules: CompiledRule[]
}

interface CompiledRule {
  readonly grant: Grant
  /** The rule, ready for objects of this resource. */
  readonly about: (resource: string) => CompiledGrant
}

type Matcher = (text: string) => boolean

/** Actions name kinds (`action/apps/Deployment/restart`), so questions are many; the memory of them is not. */
const MAX_QUESTIONS = 500

const indexes = new WeakMap<Grants, GrantIndex>()

/** The rules for one resource and action. Compiled once per `Grants` object, so keep the object, do not copy it. */
export function applicableGrants(grants: Grants, resource: string, action: string): ApplicableGrants {
  const index = indexes.get(grants) ?? indexOf(grants)
  const known = index.byResource.get(resource)?.get(action)
  if (known !== undefined) return known
  const { mode, families, byResource } = index
  const rules = families
    .filter((family) => family.concerns(resource, action))
    .flatMap((family) => family.rules.map((rule) => rule.about(resource)))
  const allows = rules.filter((rule) => rule.grant.effect === 'allow')
  const denies = rules.filter((rule) => rule.grant.effect === 'deny')
  const found = { mode, allows, denies, deciding: ruleFinder(rules, mode) }
  if (index.questions >= MAX_QUESTIONS) {
    byResource.clear()
    index.questions = 0
  }
  index.questions += 1
  byResource.set(
    resource,
    (byResource.get(resource) ?? new Map<string, ApplicableGrants>()).set(action, found),
  )
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
  const mode = grants.matchMode ?? 'glob'
  const matchers = new Matchers(mode)
  const families = new RuleFamilies(matchers)
  for (const grant of grants.rules) families.of(grant).rules.push(compileRule(grant, matchers))
  const byResource = new Map<string, Map<string, ApplicableGrants>>()
  const index = { mode, families: families.all, byResource, questions: 0 }
  indexes.set(grants, index)
  return index
}

class RuleFamilies {
  readonly all: RuleFamily[] = []
  readonly #matchers: Matchers
  readonly #known = new Map<string, Map<string, Map<string, RuleFamily>>>()

  constructor(matchers: Matchers) {
    this.#matchers = matchers
  }

  of({ resource, action, effect, within }: Grant): RuleFamily {
    const kind = within === undefined ? effect : `${effect} within a project`
    const known = this.#known.get(resource)?.get(action)?.get(kind)
    if (known !== undefined) return known
    const ofResource = this.#matchers.of(resource, effect)
    const ofAction = this.#matchers.of(action, effect)
    const mayConcern = (asked: string): boolean => within === undefined || PROJECT_RESOURCES.has(asked)
    const family: RuleFamily = {
      rules: [],
      concerns: (askedResource, askedAction) =>
        mayConcern(askedResource) && ofResource(askedResource) && ofAction(askedAction),
    }
    const byAction = this.#known.get(resource) ?? new Map<string, Map<string, RuleFamily>>()
    const byKind = byAction.get(action) ?? new Map<string, RuleFamily>()
    this.#known.set(resource, byAction.set(action, byKind.set(kind, family)))
    this.all.push(family)
    return family
  }
}

function compileRule(grant: Grant, matchers: Matchers): CompiledRule {
  const { effect, within } = grant
  const object = lazy(() => matchers.of(grant.object, effect))
  if (within === undefined) {
    const anywhere = { grant, matches: object }
    return { grant, about: () => anywhere }
  }
  return {
    grant,
    about: (asked) => {
      const isOfProject = insideOf(within, asked)
      return { grant, matches: (text) => isOfProject(text) && object(text) }
    },
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
