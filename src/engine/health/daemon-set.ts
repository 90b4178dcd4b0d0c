import type { Manifest } from '../manifest/manifest.js'
import { textAt } from '../manifest/read-json.js'
import type { Health } from './health.js'
import { countAt, health, isUnobserved } from './health-rule.js'

/** Contract 1.5, DaemonSet. */
export function daemonSetHealth(live: Manifest): Health {
  const { name } = live.metadata
  if (isUnobserved(live)) {
    return health(
      'Progressing',
      'Waiting for rollout to finish: observed daemon set generation less than desired generation',
    )
  }
  const wanted = countAt(live, 'desiredNumberScheduled')
  const updated = countAt(live, 'updatedNumberScheduled')
  if (textAt(live, 'spec', 'updateStrategy', 'type') === 'OnDelete') {
    return health('Healthy', `daemon set ${updated} out of ${wanted} new pods have been updated`)
  }
  if (updated < wanted)
    return waiting(`${updated} out of ${wanted} new pods of daemon set "${name}" have been updated...`)
  const available = countAt(live, 'numberAvailable')
  if (available < wanted)
    return waiting(`${available} of ${wanted} updated pods of daemon set "${name}" are available...`)
  return health('Healthy')
}

function waiting(progress: string): Health {
  return health('Progressing', `Waiting for daemon set rollout to finish: ${progress}`)
}
