import { FairLine, type Lane } from './fair-line.js'

/** What a run of a key answers: when to run it again without a doorbell, in seconds. */
export type RequeueAfter = number | undefined

export interface KeyedQueueOptions {
  /** Runs one key; never twice at once for the same key. What it throws goes to `onError`. */
  readonly run: (key: string) => Promise<RequeueAfter>
  /** Answers when to try the key again; must not throw. */
  readonly onError: (key: string, error: unknown) => RequeueAfter
  /** How many keys run at once, over all groups. */
  readonly concurrency: number
  /** How many keys of one group run at once, so that a slow one leaves room for the others. Default: no limit. */
  readonly concurrencyOfGroup?: number
}

const NOBODYS: Lane = { group: '', subgroup: '' }

/** Beyond this a timer of Node fires at once; earlier than asked does no harm. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

/**
 * Runs keys one at a time each, fair between groups (a cluster) and within a group between subgroups (a project): they
 * take turns, so one with a thousand keys does not delay one with a single key. A key added while it waits is merged;
 * added while it runs, it runs once more.
 */
export class KeyedQueue {
  readonly #options: KeyedQueueOptions
  readonly #line = new FairLine()
  readonly #running = new Set<string>()
  readonly #runningOfGroup = new Map<string, number>()
  readonly #again = new Map<string, Lane>()
  readonly #timers = new Map<string, { readonly timer: NodeJS.Timeout; readonly dueAt: number }>()
  readonly #idle: (() => void)[] = []
  #closed = false

  constructor(options: KeyedQueueOptions) {
    this.#options = options
  }

  /** Starts in this very turn when there is room: a doorbell pays no hop. */
  add(key: string, lane = NOBODYS): void {
    if (this.#closed) return
    this.#clearTimer(key)
    if (this.#running.has(key)) {
      this.#again.set(key, lane)
      return
    }
    this.#line.add(key, lane)
    this.#fill()
  }

  /** Adds the key later, unless it is added before; the earliest time wins. */
  addAfter(key: string, seconds: number, lane = NOBODYS): void {
    if (this.#closed) return
    const dueAt = performance.now() + seconds * 1_000
    const known = this.#timers.get(key)
    if (known !== undefined && known.dueAt <= dueAt) return
    this.#clearTimer(key)
    const timer = setTimeout(() => this.add(key, lane), Math.min(seconds * 1_000, LONGEST_TIMER_MS))
    timer.unref()
    this.#timers.set(key, { timer, dueAt })
  }

  /** Keys that wait or run; delayed ones do not count. */
  get size(): number {
    return this.#line.size + this.#running.size
  }

  /** Resolves once nothing waits and nothing runs. */
  async idle(): Promise<void> {
    if (this.size === 0) return
    await new Promise<void>((resolve) => this.#idle.push(resolve))
  }

  /** Takes nothing any more, forgets what waits, and resolves when what runs has ended. */
  async close(): Promise<void> {
    this.#closed = true
    for (const { timer } of this.#timers.values()) clearTimeout(timer)
    this.#timers.clear()
    this.#line.clear()
    this.#again.clear()
    await this.idle()
  }

  #fill(): void {
    const most = this.#options.concurrencyOfGroup ?? Number.POSITIVE_INFINITY
    while (this.#running.size < this.#options.concurrency) {
      const next = this.#line.take((group) => (this.#runningOfGroup.get(group) ?? 0) < most)
      if (next === undefined) return
      this.#running.add(next.key)
      this.#count(next.lane, 1)
      void this.#execute(next.key, next.lane)
    }
  }

  #count({ group }: Lane, change: 1 | -1): void {
    const running = (this.#runningOfGroup.get(group) ?? 0) + change
    if (running === 0) this.#runningOfGroup.delete(group)
    else this.#runningOfGroup.set(group, running)
  }

  async #execute(key: string, lane: Lane): Promise<void> {
    const after = await this.#runOnce(key)
    this.#running.delete(key)
    this.#count(lane, -1)
    const again = this.#again.get(key)
    this.#again.delete(key)
    if (!this.#closed && again !== undefined) this.#line.add(key, again)
    else if (after !== undefined) this.addAfter(key, after, lane)
    this.#fill()
    if (this.size === 0) for (const resolve of this.#idle.splice(0)) resolve()
  }

  async #runOnce(key: string): Promise<RequeueAfter> {
    try {
      return await this.#options.run(key)
    } catch (error) {
      return this.#options.onError(key, error)
    }
  }

  #clearTimer(key: string): void {
    const known = this.#timers.get(key)
    if (known === undefined) return
    clearTimeout(known.timer)
    this.#timers.delete(key)
  }
}
