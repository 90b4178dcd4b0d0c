import type { LogLine } from '../engine/logs/log-line.js'

/** So many lines may wait for the reader; then the logs are not read on. */
const MOST_WAITING = 1_000

/** Lines of several logs as they come, until all end. One log that breaks ends all. */
export async function* arriving(
  logs: readonly AsyncIterable<LogLine>[],
  signal: AbortSignal,
): AsyncIterable<LogLine> {
  const line = new WaitingLine(logs.length)
  signal.addEventListener('abort', () => line.leave(), { once: true })
  for (const log of logs) void line.fill(log)
  try {
    for (;;) {
      const next = await line.take()
      if (next === undefined) return
      yield next
    }
  } finally {
    line.leave()
  }
}

class WaitingLine {
  readonly #waiting: LogLine[] = []
  #open: number
  #left = false
  #error: unknown
  #wakeReader: () => void = () => undefined
  #wakeWriters: (() => void)[] = []

  constructor(open: number) {
    this.#open = open
  }

  async fill(log: AsyncIterable<LogLine>): Promise<void> {
    try {
      for await (const next of log) {
        if (this.#left) break
        this.#waiting.push(next)
        this.#wakeReader()
        if (this.#waiting.length >= MOST_WAITING)
          await new Promise<void>((resolve) => this.#wakeWriters.push(resolve))
      }
    } catch (error) {
      this.#error ??= error
    }
    this.#open -= 1
    this.#wakeReader()
  }

  /** Undefined at the end. */
  async take(): Promise<LogLine | undefined> {
    while (this.#waiting.length === 0) {
      if (this.#error !== undefined) throw this.#error
      if (this.#open === 0 || this.#left) return undefined
      await new Promise<void>((resolve) => (this.#wakeReader = resolve))
    }
    const next = this.#waiting.shift()
    if (this.#waiting.length < MOST_WAITING) this.#release()
    return next
  }

  leave(): void {
    this.#left = true
    this.#release()
    this.#wakeReader()
  }

  #release(): void {
    const writers = this.#wakeWriters
    this.#wakeWriters = []
    for (const wake of writers) wake()
  }
}
