/** Which applications changed; `sequence` is the one of the flush that told it, absent when only time went by. */
export interface ApplicationChange {
  readonly applicationIds: readonly string[]
  readonly sequence?: number
}

interface Entry extends ApplicationChange {
  readonly at: number
}

/** How long a reader may be away and still hear what it missed. */
export const REMEMBERED_MS = 300_000
/** Ids are shared with what listens; beyond so many the list is read anew faster. */
const MOST_IDS = 50_000
/** Two gateways hear the same event at about the same time. */
const APART_MS = 1_000

/**
 * What was told lately. A reader whose connection broke gets what came after the last sequence it was given; all times are
 * monotonic milliseconds.
 */
export class ChangeJournal {
  #entries: Entry[] = []
  #ids = 0
  #from: number

  /** `from`: since when everything is heard. */
  constructor(from: number) {
    this.#from = from
  }

  add(change: ApplicationChange, at: number): void {
    this.#entries.push({ ...change, at })
    this.#ids += change.applicationIds.length
    while (this.#isTooMuch(at)) this.#forgetOldest()
  }

  /** Something may have been told without us: nobody can go on from before. */
  lost(at: number): void {
    this.#entries = []
    this.#ids = 0
    this.#from = at
  }

  /**
   * What changed after this sequence, each id once, with the sequence that was told last; it may hold more, never less.
   * Undefined when that is not known (it was too long ago, too much came since, or we did not listen then): read everything
   * anew.
   */
  since(sequence: number): ApplicationChange | undefined {
    const first = this.#entries.findIndex((entry) => entry.sequence === sequence)
    const known = this.#entries[first]
    if (known === undefined || this.#from > known.at - APART_MS) return undefined
    const missed = this.#entries.filter(({ at }) => at >= known.at - APART_MS)
    const newest = missed.findLast((entry) => entry.sequence !== undefined)?.sequence ?? sequence
    return {
      applicationIds: [...new Set(missed.flatMap(({ applicationIds }) => applicationIds))],
      sequence: newest,
    }
  }

  #forgetOldest(): void {
    const oldest = this.#entries.shift()
    if (oldest === undefined) return
    this.#ids -= oldest.applicationIds.length
    this.#from = Math.max(this.#from, oldest.at)
  }

  #isTooMuch(now: number): boolean {
    const [oldest] = this.#entries
    return oldest !== undefined && (this.#ids > MOST_IDS || oldest.at < now - REMEMBERED_MS)
  }
}
