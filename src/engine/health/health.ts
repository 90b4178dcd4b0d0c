/** From best to worst, the order that decides an application's health (contract 1.5). */
export const HEALTH_ORDER = ['Healthy', 'Suspended', 'Progressing', 'Missing', 'Degraded', 'Unknown'] as const

export type HealthStatus = (typeof HEALTH_ORDER)[number]

/** `message` says why when it is not Healthy. */
export interface Health {
  readonly status: HealthStatus
  readonly message?: string
}
