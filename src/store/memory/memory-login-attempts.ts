import { LoginAttempts, type AttemptCounts, type AttemptKeys } from '../login-attempts.js'

interface Window {
  count: number
  readonly until: number
}

export class MemoryLoginAttempts extends LoginAttempts {
  readonly #windows = new Map<string, Window>()

  override async count(
    keys: AttemptKeys,
    windowSeconds: number,
    sourceLimit: number,
  ): Promise<AttemptCounts> {
    const source = this.#add(keys.source, windowSeconds)
    const rest = source.count <= sourceLimit
    const account = rest ? this.#add(keys.account, windowSeconds) : undefined
    const pair = rest ? this.#add(keys.pair, windowSeconds) : undefined
    return {
      source: source.count,
      account: account?.count ?? 0,
      pair: pair?.count ?? 0,
      sourceSeconds: secondsLeft(source),
      pairSeconds: pair === undefined ? 0 : secondsLeft(pair),
    }
  }

  override async succeed({ source, account, pair }: AttemptKeys): Promise<void> {
    this.#windows.delete(pair)
    for (const key of [source, account]) {
      const window = this.#windows.get(key)
      if (window !== undefined) window.count = Math.max(0, window.count - 1)
    }
  }

  #add(key: string, windowSeconds: number): Window {
    const known = this.#windows.get(key)
    const now = Date.now()
    const window =
      known === undefined || known.until <= now ? { count: 0, until: now + windowSeconds * 1000 } : known
    window.count += 1
    this.#windows.set(key, window)
    return window
  }
}

function secondsLeft({ until }: Window): number {
  return Math.max(1, Math.ceil((until - Date.now()) / 1000))
}
