import type { Manifest } from '../manifest/manifest.js'
import { listAt, textAt } from '../manifest/read-json.js'
import type { Health } from './health.js'
import { health } from './health-rule.js'

/** PodDisruptionBudget as Argo CD's bundled rule means it: too few pods is a valid state, any other False is not. */
export function podDisruptionBudgetHealth(live: Manifest): Health {
  const conditions = listAt(live, 'status', 'conditions')
  const failing = conditions.find(
    (condition) => textAt(condition, 'status') === 'False' && reasonOf(condition) !== 'InsufficientPods',
  )
  if (failing !== undefined) return health('Degraded', `PodDisruptionBudget has ${reasonOf(failing)}`)
  const last = conditions.at(-1)
  if (last === undefined) return health('Progressing', 'Waiting for status')
  return health('Healthy', `PodDisruptionBudget has ${reasonOf(last)}`)
}

function reasonOf(condition: unknown): string {
  return textAt(condition, 'reason') ?? ''
}
