/** The numbers of ownership, all in milliseconds. */
export interface LeaseTimes {
  /** How long a lease lasts without being renewed, by the time of the database. */
  readonly ttlMs: number
  readonly renewEveryMs: number
  /** The owner writes at most this long after it sent the renewal that succeeded, by its own clocks. */
  readonly writeForMs: number
  /** What the API server gives a write (`?timeout=`): a write that was sent may land this much later. */
  readonly writeTimeoutMs: number
  /** A new owner's first write comes this long after the expiry of an owner that did not give back. */
  readonly graceMs: number
  /** How often a worker looks while a hand-over is under way. */
  readonly handOverEveryMs: number
  /** A leaving worker waits this long for others to take what it owns, then gives everything back. */
  readonly drainMs: number
}

export const LEASE_TIMES: LeaseTimes = {
  ttlMs: 20_000,
  renewEveryMs: 5_000,
  writeForMs: 12_000,
  writeTimeoutMs: 8_000,
  graceMs: 2_000,
  handOverEveryMs: 500,
  drainMs: 45_000,
}

/** The same proportions in less time, for tests and trials: `factor` 10 makes leases of 2 s. */
export function shorterLeaseTimes(factor: number): LeaseTimes {
  const parts = Object.entries(LEASE_TIMES).map(([name, ms]: [string, number]) => [name, ms / factor])
  return Object.fromEntries(parts) as LeaseTimes
}

/** Why these numbers would let two owners write, or a healthy one stop; undefined when they are safe. */
export function refuseLeaseTimes(times: LeaseTimes): string | undefined {
  const { ttlMs, renewEveryMs, writeForMs, writeTimeoutMs, graceMs } = times
  if (Object.values(times).some((ms: number) => !(ms > 0))) return 'Every time of a lease must be above zero.'
  if (writeForMs + writeTimeoutMs > ttlMs)
    return `A write could land after the lease expired: writeFor ${writeForMs} ms and the timeout of a write ${writeTimeoutMs} ms are more than the lease of ${ttlMs} ms.`
  if (2 * renewEveryMs > writeForMs)
    return `One lost renewal would stop all writes: twice renewEvery ${renewEveryMs} ms is more than writeFor ${writeForMs} ms.`
  if (graceMs > ttlMs) return `A take-over would take longer than the lease itself: grace ${graceMs} ms.`
  return undefined
}
