import { denies, stronger, type CompiledGrant } from './compiled-grant.js'
import { literalEnds } from './match-mode.js'

/** Rules by a text that what they match begins or ends with, all of one length. */
interface EndsOfLength {
  readonly length: number
  readonly atEnd: boolean
  readonly rules: Map<string, CompiledGrant[]>
  /** Does one of them deny? Else whatever is allowed already needs no look. */
  readonly denies: boolean
}

/** The globs of one project: one look for each length of what they begin or end with, not one for each glob. */
export class RulesByEnd {
  readonly #skipped: number
  readonly #lengths: EndsOfLength[] = []

  /** `skipped`: so many characters are the same in all of them. */
  constructor(skipped: number) {
    this.#skipped = skipped
  }

  add(rule: CompiledGrant): void {
    const { start, end } = literalEnds(rule.grant.object)
    const atEnd = end.length > start.length - this.#skipped
    const text = atEnd ? end : start
    const { rules } = this.#ofLength({ length: text.length, atEnd, denies: denies(rule) })
    const list = rules.get(text)
    if (list === undefined) rules.set(text, [rule])
    else list.push(rule)
  }

  /** `found` is what allows it so far. */
  find(object: string, found: CompiledGrant | undefined): CompiledGrant | undefined {
    let best = found
    for (const one of this.#lengths) {
      if (best !== undefined && !one.denies) continue
      const text = one.atEnd ? object.slice(-one.length) : object.slice(0, one.length)
      best = stronger(one.rules.get(text), object, best)
      if (best !== undefined && denies(best)) return best
    }
    return best
  }

  /** Those with rules that deny come first. */
  #ofLength(wanted: Omit<EndsOfLength, 'rules'>): EndsOfLength {
    const { length, atEnd } = wanted
    const known = this.#lengths.find((one) => one.length === length && one.atEnd === atEnd)
    if (known !== undefined) return known
    const made = { ...wanted, rules: new Map<string, CompiledGrant[]>() }
    this.#lengths.push(made)
    return made
  }
}
