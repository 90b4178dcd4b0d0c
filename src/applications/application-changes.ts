import type { Clock } from '../base/clock.js'
import type { EventBus } from '../events/event-bus.js'
import { ChangeJournal, REMEMBERED_MS, type ApplicationChange } from './change-journal.js'
import type { StalenessWatch } from './staleness-watch.js'

type Listener = (change: ApplicationChange) => void

export interface ApplicationChangesDeps {
  readonly eventBus: EventBus
  readonly staleness: StalenessWatch
  readonly clock: Pick<Clock, 'monotonic'>
}

/**
 * Which applications are shown differently now: a row changed, or only time went by. While anybody listens, and some time
 * after, it remembers what it told, so that a listener who comes back hears what it missed.
 */
export class ApplicationChanges {
  readonly #deps: ApplicationChangesDeps
  readonly #listeners = new Set<Listener>()
  #journal: ChangeJournal | undefined
  #ends: readonly (() => void)[] = []
  #idle: NodeJS.Timeout | undefined

  constructor(deps: ApplicationChangesDeps) {
    this.#deps = deps
  }

  /** Returns the function that ends it. */
  subscribe(listener: Listener): () => void {
    const own: Listener = (change) => listener(change)
    this.#listeners.add(own)
    clearTimeout(this.#idle)
    if (this.#journal === undefined) this.#begin()
    return () => {
      if (!this.#listeners.delete(own) || this.#listeners.size > 0) return
      this.#idle = setTimeout(() => this.#end(), REMEMBERED_MS).unref()
    }
  }

  /** Every application that changed after this sequence; undefined when nobody knows: read all of them anew. */
  since(sequence: number): ApplicationChange | undefined {
    return this.#journal?.since(sequence)
  }

  #begin(): void {
    const { eventBus, staleness, clock } = this.#deps
    const journal = new ChangeJournal(clock.monotonic())
    const tell = (change: ApplicationChange): void => {
      journal.add(change, clock.monotonic())
      for (const listener of [...this.#listeners]) listener(change)
    }
    const tellIds = (applicationIds: readonly string[]): void => tell({ applicationIds })
    this.#journal = journal
    this.#ends = [
      eventBus.subscribe('application', tell),
      eventBus.onMissed(() => {
        journal.lost(clock.monotonic())
        void staleness.tellAll(tellIds)
      }),
      staleness.subscribe(tellIds),
    ]
  }

  #end(): void {
    for (const end of this.#ends) end()
    this.#ends = []
    this.#journal = undefined
  }
}
