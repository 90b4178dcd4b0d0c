const BEAT_MS = 250
const WINDOW_MS = 10_000

/** How late the event loop is: a timer that notes by how much it was missed. */
export class EventLoopLag {
  readonly #timer: NodeJS.Timeout
  readonly #late: { readonly at: number; readonly seconds: number }[] = []
  #due: number

  constructor() {
    this.#due = performance.now() + BEAT_MS
    this.#timer = setInterval(() => this.#beat(), BEAT_MS)
    this.#timer.unref()
  }

  /** The worst of the last ten seconds, and what is late right now. */
  seconds(): number {
    const now = performance.now()
    const worst = this.#late.filter(({ at }) => now - at < WINDOW_MS).map(({ seconds }) => seconds)
    return Math.max(0, (now - this.#due) / 1000, ...worst)
  }

  close(): void {
    clearInterval(this.#timer)
  }

  #beat(): void {
    const now = performance.now()
    this.#late.push({ at: now, seconds: Math.max(0, (now - this.#due) / 1000) })
    while ((this.#late[0]?.at ?? now) < now - WINDOW_MS) this.#late.shift()
    this.#due = now + BEAT_MS
  }
}
