import type { Manifest } from '../manifest/manifest.js'
import { listAt, numberAt, textAt } from '../manifest/read-json.js'
import type { Health, HealthStatus } from './health.js'

/** Judges a live object of one kind. Never fails: what it cannot read counts as absent. */
export type HealthRule = (live: Manifest) => Health

/** A health, without a message when there is nothing to say. */
export function health(status: HealthStatus, message = ''): Health {
  return message === '' ? { status } : { status, message }
}

/** The first condition of `status.conditions` with this type. */
export function conditionOf(live: Manifest, type: string): unknown {
  return listAt(live, 'status', 'conditions').find((condition) => textAt(condition, 'type') === type)
}

/** Has the controller not yet seen the newest spec? Then its status says nothing about it. */
export function isUnobserved(live: Manifest): boolean {
  return (live.metadata.generation ?? 0) > (numberAt(live, 'status', 'observedGeneration') ?? 0)
}

/** A count in `status`; absent = 0, as in Go. */
export function countAt(live: Manifest, field: string): number {
  return numberAt(live, 'status', field) ?? 0
}

/** Is this condition there with status True? */
export function isTrue(live: Manifest, type: string): boolean {
  return textAt(conditionOf(live, type), 'status') === 'True'
}
