import { setTimeout as sleep } from 'node:timers/promises'
import { inFlight } from '../cluster/apply-manifests.js'
import { listen, type Listener } from './listener.js'
import type { StatusWriter } from './status-writer.js'

const BETWEEN_MS = 500
/** A subscription is not acknowledged: the last one that was sent is running by then. */
const RUNNING_AFTER_MS = 3_000
const ARRIVED_WITHIN_MS = 30_000
const QUERY =
  'subscription { applicationChanged { kind id application { name namespace project sync health { status } revisions observedAt } } }'

/** Everybody who listens, and when they heard of it. */
export class Crowd {
  readonly #url: string
  readonly #listeners: Listener[] = []
  #heard: number[] = []

  constructor(url: string) {
    this.#url = url
  }

  async join(tokens: readonly string[]): Promise<void> {
    await inFlight(tokens, async (token) => {
      const onEvent = (text: string): void => {
        if (!text.includes('"next"')) throw new Error(`Not an event: ${text}`)
        this.#heard.push(performance.now())
      }
      this.#listeners.push(await listen({ url: this.#url, token, query: QUERY, onEvent }))
    })
    await sleep(RUNNING_AFTER_MS)
  }

  /** Milliseconds from an offered status to its arrival, of every event at everybody. */
  async hear(writer: StatusWriter, events: number): Promise<readonly number[]> {
    const all: number[] = []
    for (let event = 0; event < events; event += 1) {
      this.#heard = []
      const begin = performance.now()
      writer.change(event)
      await this.#arrived(event)
      all.push(...this.#heard.map((at) => at - begin))
      await sleep(BETWEEN_MS)
    }
    return all
  }

  leave(): void {
    for (const listener of this.#listeners) listener.close()
  }

  async #arrived(event: number): Promise<void> {
    const end = performance.now() + ARRIVED_WITHIN_MS
    while (this.#heard.length < this.#listeners.length) {
      if (performance.now() > end)
        throw new Error(`Event ${event} reached ${this.#heard.length} of ${this.#listeners.length}.`)
      await sleep(5)
    }
  }
}
