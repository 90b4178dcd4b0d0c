import { HEALTH_ORDER, type Health, type HealthStatus } from './health.js'

/** Is `candidate` worse than `current` (contract 1.5)? */
export function isWorse(current: HealthStatus, candidate: HealthStatus): boolean {
  return HEALTH_ORDER.indexOf(candidate) > HEALTH_ORDER.indexOf(current)
}

/** The worst of a list; of equals the first, with its message. Nothing at all is Healthy. */
export function worstHealth(list: readonly Health[]): Health {
  const [first = { status: 'Healthy' } as const, ...rest] = list
  return rest.reduce((worst: Health, next) => (isWorse(worst.status, next.status) ? next : worst), first)
}
