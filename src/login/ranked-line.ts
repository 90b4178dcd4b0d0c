import { AppError } from '../base/app-error.js'

export interface LineSize {
  /**
   * Works that run at the same time: at most `places[0]` of all ranks, at most `places[1]` of rank 1 and above, and so on;
   * the last one counts for all ranks above. Falling, so that a lower rank always finds what a higher one leaves.
   */
  readonly places: readonly number[]
  /** Works that wait; one more sends the one with the largest rank away. */
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
  /** Works that run, by place: those of this rank and above. */
  private readonly running: number[]

  constructor(size: LineSize) {
    this.size = size
    this.running = size.places.map(() => 0)
  }

  async run<T>(rank: number, work: () => Promise<T>): Promise<T> {
    if (this.fits(rank)) this.count(rank, 1)
    else await this.turn(rank)
    try {
      return await work()
    } finally {
      this.count(rank, -1)
      this.startNext()
    }
  }

  private fits(rank: number): boolean {
    return this.size.places.every((most, least) => rank < least || (this.running[least] ?? 0) < most)
  }

  private count(rank: number, change: 1 | -1): void {
    for (const least of this.running.keys())
      if (rank >= least) this.running[least] = (this.running[least] ?? 0) + change
  }

  /** Where the first one finds no place, none behind it does. */
  private startNext(): void {
    for (let next = this.waiting[0]; next !== undefined && this.fits(next.rank); next = this.waiting[0]) {
      this.waiting.shift()
      this.count(next.rank, 1)
      next.start()
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
