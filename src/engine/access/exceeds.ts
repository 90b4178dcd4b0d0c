import { compilePattern, isLiteral, matchesAll, type MatchMode } from './match-mode.js'
import { POLICY_WORDS } from './policy-words.js'
import type { Grant, Grants } from './principal.js'

/**
 * What `theirs` allow and `mine` do not, as half a sentence ("it may sync applications shop/*"); undefined when whoever has
 * `mine` may do all of it. Said in doubt: a pattern counts as covered by an equal one, or by one that provably takes in all
 * of it. So nobody comes by more rights over an account that he administers.
 */
export function exceeds(mine: Grants, theirs: Grants): string | undefined {
  const modes = { mine: modeOf(mine), theirs: modeOf(theirs) }
  for (const right of rightsOf(theirs)) {
    if (!covers(mine, right, modes))
      return `it may ${right.action} ${right.resource} ${right.grant.object}, which you may not`
  }
  return undefined
}

interface Right {
  readonly grant: Grant
  readonly resource: string
  readonly action: string
}

interface Modes {
  readonly mine: MatchMode
  readonly theirs: MatchMode
}

/** They stand for all that begin so. */
const LONG_ACTIONS: readonly string[] = ['update/*', 'delete/*', 'action/*']

function modeOf({ matchMode = 'glob' }: Grants): MatchMode {
  return matchMode
}

/** Each allowed resource and action by its word: a line of many words is covered by several lines together. */
function rightsOf(grants: Grants): readonly Right[] {
  const mode = modeOf(grants)
  const allowed = [...grants.rules, ...(grants.overriding?.rules ?? [])].filter(
    ({ effect }) => effect === 'allow',
  )
  return allowed.flatMap((grant) =>
    Object.keys(POLICY_WORDS)
      .filter(compilePattern(mode, grant.resource))
      .flatMap((resource) => actionsOf(grant, resource, mode).map((action) => ({ grant, resource, action }))),
  )
}

function actionsOf({ action }: Grant, resource: string, mode: MatchMode): readonly string[] {
  const known = (POLICY_WORDS[resource] ?? []).filter((word) => word !== 'action')
  const long = resource === 'applications' ? LONG_ACTIONS : []
  const matches = compilePattern(mode, action)
  return [...[...known, ...long].filter(matches), ...(action.includes('/') ? [action] : [])]
}

function covers(mine: Grants, right: Right, modes: Modes): boolean {
  const concerning = [...mine.rules, ...(mine.overriding?.rules ?? [])].filter((rule) =>
    concerns(modes.mine, rule, right),
  )
  const isDenied = concerning.some(
    ({ effect, object }) => effect === 'deny' && mayMeet(modes, object, right.grant.object),
  )
  return !isDenied && concerning.some((rule) => rule.effect === 'allow' && coversObject(modes, rule, right))
}

function concerns(mode: MatchMode, { resource, action, effect }: Grant, right: Right): boolean {
  if (!compilePattern(mode, resource)(right.resource)) return false
  if (!right.action.includes('/')) return compilePattern(mode, action)(right.action)
  return effect === 'deny' || takesIn(mode, action, right.action)
}

function coversObject(modes: Modes, rule: Grant, { grant }: Right): boolean {
  const isWithin = rule.within === undefined || rule.within === grant.within
  return isWithin && takesIn(modes.mine, rule.object, grant.object)
}

/** Does the pattern `wide` match all that `narrow` matches? False in doubt. */
function takesIn(mode: MatchMode, wide: string, narrow: string): boolean {
  if (wide === narrow || matchesAll(mode, wide)) return true
  // A star that swallows a wildcard swallows whatever that stands for; sets and alternatives are not looked into.
  const isPlain = mode === 'glob' && !/[?[\]{}\\]/.test(wide) && !/[[\]{}\\]/.test(narrow)
  return isPlain && compilePattern(mode, wide)(narrow)
}

/** Can one object match both? Two globs whose fixed beginnings differ have none in common. */
function mayMeet(modes: Modes, one: string, other: string): boolean {
  const [first, second] = [beginningOf(modes.mine, one), beginningOf(modes.theirs, other)]
  return first.startsWith(second) || second.startsWith(first)
}

function beginningOf(mode: MatchMode, pattern: string): string {
  if (isLiteral(mode, pattern)) return pattern
  return mode === 'glob' ? (/^[^*?[\]{}\\]*/.exec(pattern)?.[0] ?? '') : ''
}
