import { AppError } from '../base/app-error.js'

export interface LineSize {
  /** Works that run at the same time. */
  readonly sideBySide: number
  /** Works that wait; one more sends the lowest of them away. */
  readonly waiting: number
}

interface Waiting {
  readonly rank: number
  readonly start: () => void
  readonly refuse: (error: AppError) => void
}

/**
 * Runs a few works side by side and lets some wait, those of the smallest rank first. When too many wait, the one with the
 * largest rank is refused with RATE_LIMITED, the newest among equals: a flood does not push out those who came before it.
 */
export class RankedLine {
  private readonly size: LineSize
  private readonly waiting: Waiting[] = []
  private running = 0

  constructor(size: LineSize) {
    this.size = size
  }

  async run<T>(rank: number, work: () => Promise<T>): Promise<T> {
    if (this.running >= this.size.sideBySide) await this.turn(rank)
    else this.running += 1
    try {
      return await work()
    } finally {
      const next = this.waiting.shift()
      if (next === undefined) this.running -= 1
      else next.start()
    }
  }

  private turn(rank: number): Promise<void> {
    return new Promise((start, refuse) => {
      const behind = this.waiting.findIndex((other) => other.rank > rank)
      this.waiting.splice(behind < 0 ? this.waiting.length : behind, 0, { rank, start, refuse })
      if (this.waiting.length > this.size.waiting) this.waiting.pop()?.refuse(tooMany())
    })
  }
}

function tooMany(): AppError {
  return new AppError(
    'RATE_LIMITED',
    'Too many people are signing in at this moment. Try again in a few seconds.',
    { retry: { afterSeconds: 5 } },
  )
}
