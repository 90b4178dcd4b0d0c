import type { LeaseTimes } from '../engine/ownership/lease-times.js'
import {
  extendWindow,
  mayWrite,
  openWindow,
  type Acquisition,
  type ClockReading,
  type WriteWindow,
} from '../engine/ownership/write-window.js'

interface HeldKey {
  readonly epoch: number
  readonly window: WriteWindow
  /** It is being handed over: nothing may be written any more. */
  readonly leaving: boolean
}

/** The keys whose lease this process holds, and when it may write to each. */
export class HeldKeys {
  readonly #keys = new Map<string, HeldKey>()

  ids(): readonly string[] {
    return [...this.#keys.keys()]
  }

  get(id: string): HeldKey | undefined {
    return this.#keys.get(id)
  }

  mayWrite(id: string, now: ClockReading): boolean {
    const held = this.#keys.get(id)
    return held !== undefined && !held.leaving && mayWrite(held.window, now)
  }

  /** False when it was held in this very epoch already. */
  gain(
    id: string,
    epoch: number,
    begin: { readonly acquisition: Acquisition; readonly times: LeaseTimes },
  ): boolean {
    if (this.#keys.get(id)?.epoch === epoch) {
      this.extend(id, begin.acquisition.sent, begin.times)
      return false
    }
    this.#keys.set(id, { epoch, window: openWindow(begin.acquisition, begin.times), leaving: false })
    return true
  }

  extend(id: string, sent: ClockReading, times: LeaseTimes): void {
    const held = this.#keys.get(id)
    if (held !== undefined) this.#keys.set(id, { ...held, window: extendWindow(held.window, sent, times) })
  }

  /** False when it is not held, or leaving already. */
  leave(id: string): boolean {
    const held = this.#keys.get(id)
    if (held === undefined || held.leaving) return false
    this.#keys.set(id, { ...held, leaving: true })
    return true
  }

  drop(id: string): void {
    this.#keys.delete(id)
  }
}
