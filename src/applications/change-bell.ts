/** Wakes a waiting loop; what rang meanwhile is not waited for again. */
export class ChangeBell {
  readonly #signal: AbortSignal
  #rang = false
  #wake: () => void = () => undefined

  /** Aborting the signal rings too. */
  constructor(signal: AbortSignal) {
    this.#signal = signal
    signal.addEventListener('abort', () => this.ring(), { once: true })
  }

  ring(): void {
    this.#rang = true
    this.#wake()
  }

  /** Until it rings, at most so long. */
  async wait(milliseconds: number): Promise<void> {
    if (!this.#rang) await this.pause(milliseconds)
    this.#rang = false
  }

  /** At most so long; a ring ends it. */
  async pause(milliseconds: number): Promise<void> {
    if (this.#signal.aborted) return
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, milliseconds)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}
