import { denies, stronger, type CompiledGrant } from './compiled-grant.js'
import { isLiteral, patternProblem, type MatchMode } from './match-mode.js'
import { RulesByEnd } from './rules-by-end.js'

/** Answers the rule that decides about an object: one that denies it, else one that allows it. */
export type FindRule = (object: string) => CompiledGrant | undefined

/** Sorts rules by what they can match, so that a question asks a handful of them, however many there are. */
export function ruleFinder(rules: readonly CompiledGrant[], mode: MatchMode): FindRule {
  const places = new Places(mode)
  for (const rule of rules) if (denies(rule)) places.add(rule)
  for (const rule of rules) if (!denies(rule)) places.add(rule)
  return (object) => places.find(object)
}

/** Within each list the rules that deny come first. */
class Places {
  readonly #mode: MatchMode
  readonly #exact = new Map<string, CompiledGrant>()
  readonly #byHead = new Map<string, RulesByEnd>()
  readonly #rest: CompiledGrant[] = []

  constructor(mode: MatchMode) {
    this.#mode = mode
  }

  add(rule: CompiledGrant): void {
    const { object } = rule.grant
    const head = headOf(object)
    if (isLiteral(this.#mode, object)) {
      if (!this.#exact.has(object) && rule.matches(object)) this.#exact.set(object, rule)
    } else if (head === undefined || !isLiteral(this.#mode, head) || this.#deniesEverything(rule)) {
      this.#rest.push(rule)
    } else {
      const known = this.#byHead.get(head) ?? new RulesByEnd(head.length + 1)
      this.#byHead.set(head, known)
      known.add(rule)
    }
  }

  find(object: string): CompiledGrant | undefined {
    const found = stronger(this.#rest, object, this.#exact.get(object))
    if (this.#byHead.size === 0 || (found !== undefined && denies(found))) return found
    const globs = this.#byHead.get(headOf(object) ?? object)
    return globs === undefined ? found : globs.find(object, found)
  }

  /** A pattern that nobody can read does so when it denies; one that allows matches nothing, wherever it is kept. */
  #deniesEverything(rule: CompiledGrant): boolean {
    return denies(rule) && patternProblem(this.#mode, rule.grant.object) !== undefined
  }
}

function headOf(object: string): string | undefined {
  const slash = object.indexOf('/')
  return slash < 0 ? undefined : object.slice(0, slash)
}
