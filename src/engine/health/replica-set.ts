import type { Manifest } from '../manifest/manifest.js'
import { numberAt, textAt } from '../manifest/read-json.js'
import type { Health } from './health.js'
import { conditionOf, countAt, health, isTrue, isUnobserved } from './health-rule.js'

/** Contract 1.5, ReplicaSet. */
export function replicaSetHealth(live: Manifest): Health {
  if (isUnobserved(live)) {
    return health(
      'Progressing',
      'Waiting for rollout to finish: observed replica set generation less than desired generation',
    )
  }
  if (isTrue(live, 'ReplicaFailure')) {
    return health('Degraded', textAt(conditionOf(live, 'ReplicaFailure'), 'message'))
  }
  const wanted = numberAt(live, 'spec', 'replicas')
  const available = countAt(live, 'availableReplicas')
  if (wanted !== undefined && available < wanted) {
    return health(
      'Progressing',
      `Waiting for rollout to finish: ${available} out of ${wanted} new replicas are available...`,
    )
  }
  return health('Healthy')
}
