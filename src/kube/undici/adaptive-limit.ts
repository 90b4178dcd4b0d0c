const START = 8
const MAX = 32

/**
 * How many requests may be under way at one cluster (additive increase, multiplicative decrease): one more after a
 * full round of successes while requests queue, half when the server is overloaded, at most once per second.
 */
export class AdaptiveLimit {
  private limit = START
  private active = 0
  private successes = 0
  private lastCut = -Infinity
  private readonly waiting: Array<() => void> = []
  private readonly now: () => number

  constructor(now: () => number) {
    this.now = now
  }

  get current(): number {
    return this.limit
  }

  /** Undefined when there is room now, so that the common case costs no turn of the event loop. */
  enter(): Promise<void> | undefined {
    if (this.active < this.limit) {
      this.active += 1
      return undefined
    }
    return new Promise((resolve) => this.waiting.push(resolve))
  }

  /** `undefined` says nothing about the load of the server (e.g. it could not be reached). */
  leave(overloaded: boolean | undefined): void {
    this.active -= 1
    if (overloaded === true) this.cut()
    if (overloaded === false) this.grow()
    while (this.active < this.limit) {
      const next = this.waiting.shift()
      if (next === undefined) return
      this.active += 1
      next()
    }
  }

  private cut(): void {
    this.successes = 0
    if (this.now() - this.lastCut < 1000) return
    this.lastCut = this.now()
    this.limit = Math.max(1, Math.floor(this.limit / 2))
  }

  private grow(): void {
    if (this.waiting.length === 0 || this.limit >= MAX) return
    this.successes += 1
    if (this.successes < this.limit) return
    this.successes = 0
    this.limit += 1
  }
}
