/** One thing that must be right before a process may take work. */
export interface HealthCheck {
  readonly name: string
  /** Why it is not right (a sentence), or undefined. What it throws counts as not right. */
  readonly reason: () => Promise<string | undefined>
}

const CHECK_MS = 2_000
/** An event loop that was later than this is no loop to send work to. */
const MOST_LAG_SECONDS = 5

/** Readiness: may this process be given work now? Bounded in time: a check that does not answer is not right. */
export class Readiness {
  readonly #checks: readonly HealthCheck[]
  readonly #timeoutMs: number

  constructor(checks: readonly HealthCheck[], timeoutMs = CHECK_MS) {
    this.#checks = checks
    this.#timeoutMs = timeoutMs
  }

  /** The reasons why not, or undefined. */
  async notReady(): Promise<string | undefined> {
    const reasons = await Promise.all(this.#checks.map((check) => this.#ask(check)))
    const found = reasons.flatMap((reason) => reason ?? [])
    return found.length === 0 ? undefined : found.join('; ')
  }

  async #ask({ name, reason }: HealthCheck): Promise<string | undefined> {
    const late = Promise.withResolvers<string>()
    const timer = setTimeout(() => late.resolve(`${name}: no answer in time`), this.#timeoutMs)
    try {
      const found = await Promise.race([reason(), late.promise])
      return found
    } catch {
      return `${name}: the check failed`
    } finally {
      clearTimeout(timer)
    }
  }
}

/** The event loop turns: not later than 5 s in the last seconds. */
export function eventLoopCheck(lagSeconds: () => number): HealthCheck {
  return {
    name: 'event loop',
    reason: async () => {
      const lag = lagSeconds()
      return lag > MOST_LAG_SECONDS ? `event loop: blocked for ${lag.toFixed(1)} s` : undefined
    },
  }
}
