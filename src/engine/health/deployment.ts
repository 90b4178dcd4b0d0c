import type { Manifest } from '../manifest/manifest.js'
import { numberAt, textAt, valueAt } from '../manifest/read-json.js'
import type { Health } from './health.js'
import { conditionOf, countAt, health, isUnobserved } from './health-rule.js'

/** Contract 1.5, Deployment: paused, observed, deadline, then the three counts of a rollout. */
export function deploymentHealth(live: Manifest): Health {
  if (valueAt(live, 'spec', 'paused') === true) return health('Suspended', 'Deployment is paused')
  if (isUnobserved(live))
    return health(
      'Progressing',
      'Waiting for rollout to finish: observed deployment generation less than desired generation',
    )
  if (textAt(conditionOf(live, 'Progressing'), 'reason') === 'ProgressDeadlineExceeded') {
    return health('Degraded', `Deployment "${live.metadata.name}" exceeded its progress deadline`)
  }
  const waiting = waitingFor(live)
  return waiting === undefined
    ? health('Healthy')
    : health('Progressing', `Waiting for rollout to finish: ${waiting}`)
}

function waitingFor(live: Manifest): string | undefined {
  const wanted = numberAt(live, 'spec', 'replicas')
  const updated = countAt(live, 'updatedReplicas')
  const replicas = countAt(live, 'replicas')
  const available = countAt(live, 'availableReplicas')
  if (wanted !== undefined && updated < wanted)
    return `${updated} out of ${wanted} new replicas have been updated...`
  if (replicas > updated) return `${replicas - updated} old replicas are pending termination...`
  if (available < updated) return `${available} of ${updated} updated replicas are available...`
  return undefined
}
