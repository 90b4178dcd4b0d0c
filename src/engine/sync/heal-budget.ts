/** How many self-heals one cluster may take: so many at once, then so many a second. */
export interface HealLimits {
  readonly burst: number
  readonly perSecond: number
}

/** A token bucket as it was at a moment. */
export interface HealBudget {
  readonly tokens: number
  /** Milliseconds since 1970. */
  readonly at: number
}

export interface HealTurn {
  readonly budget: HealBudget
  /** Absent = heal now; else not before this time. */
  readonly waitUntilMs?: number
}

/**
 * May a cluster take one more self-heal? Whatever fights over its objects, and however many of them, the writes that
 * answer stay bounded. Time that goes backwards gives nothing and takes nothing.
 */
export function takeHeal(former: HealBudget | undefined, limits: HealLimits, now: number): HealTurn {
  const passed = former === undefined ? 0 : Math.max(0, now - former.at) / 1000
  const tokens = Math.min(limits.burst, (former?.tokens ?? limits.burst) + passed * limits.perSecond)
  if (tokens >= 1) return { budget: { tokens: tokens - 1, at: now } }
  return { budget: { tokens, at: now }, waitUntilMs: now + ((1 - tokens) / limits.perSecond) * 1000 }
}
