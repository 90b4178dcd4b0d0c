/** Wakes whoever waits for a change; what rang before is not waited for again. */
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
    if (!this.#rang && !this.#signal.aborted) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, milliseconds)
        this.#wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
    this.#rang = false
  }
}
