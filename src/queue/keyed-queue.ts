/** What a run of a key answers: when to run it again without a doorbell, in seconds. */
export type RequeueAfter = number | undefined

export interface KeyedQueueOptions {
  /** Runs one key; never twice at once for the same key. What it throws goes to `onError`. */
  readonly run: (key: string) => Promise<RequeueAfter>
  /** Answers when to try the key again; must not throw. */
  readonly onError: (key: string, error: unknown) => RequeueAfter
  /** How many keys run at once, over all groups. */
  readonly concurrency: number
}

/** Beyond this a timer of Node fires at once; earlier than asked does no harm. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

/**
 * Runs keys one at a time each, fair between groups (a project, a cluster): groups take turns, so one with a thousand keys does not
 * delay one with a single key. A key added while it waits is merged; added while it runs, it runs once more.
 */
export class KeyedQueue {
  readonly #options: KeyedQueueOptions
  /** Keys that wait, by group; Map and Set keep the order of arrival, the first group is the next to be served. */
  readonly #waiting = new Map<string, Set<string>>()
  readonly #groupOfWaiting = new Map<string, string>()
  readonly #running = new Map<string, string>()
  readonly #again = new Map<string, string>()
  readonly #timers = new Map<string, { readonly timer: NodeJS.Timeout; readonly dueAt: number }>()
  readonly #idle: (() => void)[] = []
  #closed = false

  constructor(options: KeyedQueueOptions) {
    this.#options = options
  }

  /** Starts in this very turn when there is room: a doorbell pays no hop. */
  add(key: string, group = ''): void {
    if (this.#closed) return
    this.#clearTimer(key)
    if (this.#running.has(key)) {
      this.#again.set(key, group)
      return
    }
    if (this.#groupOfWaiting.has(key)) return
    this.#enqueue(key, group)
    this.#fill()
  }

  /** Adds the key later, unless it is added before; the earliest time wins. */
  addAfter(key: string, seconds: number, group = ''): void {
    if (this.#closed) return
    const dueAt = performance.now() + seconds * 1_000
    const known = this.#timers.get(key)
    if (known !== undefined && known.dueAt <= dueAt) return
    this.#clearTimer(key)
    const timer = setTimeout(() => this.add(key, group), Math.min(seconds * 1_000, LONGEST_TIMER_MS))
    timer.unref()
    this.#timers.set(key, { timer, dueAt })
  }

  /** Keys that wait or run; delayed ones do not count. */
  get size(): number {
    return this.#groupOfWaiting.size + this.#running.size
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
    this.#waiting.clear()
    this.#groupOfWaiting.clear()
    this.#again.clear()
    await this.idle()
  }

  #enqueue(key: string, group: string): void {
    const keys = this.#waiting.get(group) ?? new Set<string>()
    keys.add(key)
    this.#waiting.set(group, keys)
    this.#groupOfWaiting.set(key, group)
  }

  #fill(): void {
    while (this.#running.size < this.#options.concurrency) {
      const next = this.#takeNext()
      if (next === undefined) return
      this.#running.set(next.key, next.group)
      void this.#execute(next.key, next.group)
    }
  }

  /** The oldest key of the group whose turn it is; the group goes to the end of the line. */
  #takeNext(): { readonly key: string; readonly group: string } | undefined {
    for (const [group, keys] of this.#waiting) {
      for (const key of keys) {
        keys.delete(key)
        this.#waiting.delete(group)
        if (keys.size > 0) this.#waiting.set(group, keys)
        this.#groupOfWaiting.delete(key)
        return { key, group }
      }
    }
    return undefined
  }

  async #execute(key: string, group: string): Promise<void> {
    const after = await this.#runOnce(key)
    this.#running.delete(key)
    const again = this.#again.get(key)
    this.#again.delete(key)
    if (!this.#closed && again !== undefined) this.#enqueue(key, again)
    else if (after !== undefined) this.addAfter(key, after, group)
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
