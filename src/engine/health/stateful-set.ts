import type { Manifest } from '../manifest/manifest.js'
import { numberAt, textAt, valueAt } from '../manifest/read-json.js'
import type { Health } from './health.js'
import { countAt, health, isUnobserved } from './health-rule.js'

/** Contract 1.5, StatefulSet: observed, ready, then by update strategy. */
export function statefulSetHealth(live: Manifest): Health {
  if (countAt(live, 'observedGeneration') === 0 || isUnobserved(live)) {
    return health('Progressing', 'Waiting for statefulset spec update to be observed...')
  }
  const wanted = numberAt(live, 'spec', 'replicas')
  const ready = countAt(live, 'readyReplicas')
  if (wanted !== undefined && ready < wanted) {
    return health('Progressing', `Waiting for ${wanted - ready} pods to be ready...`)
  }
  const strategy = textAt(live, 'spec', 'updateStrategy', 'type')
  if (
    strategy === 'RollingUpdate' &&
    valueAt(live, 'spec', 'updateStrategy', 'rollingUpdate') !== undefined
  ) {
    return partitionHealth(live, wanted)
  }
  if (strategy === 'OnDelete') return health('Healthy', `statefulset has ${ready} ready pods`)
  return revisionHealth(live)
}

function partitionHealth(live: Manifest, wanted: number | undefined): Health {
  const updated = countAt(live, 'updatedReplicas')
  const partition = numberAt(live, 'spec', 'updateStrategy', 'rollingUpdate', 'partition')
  if (wanted !== undefined && partition !== undefined && updated < wanted - partition) {
    const progress = `${updated} out of ${wanted - partition} new pods have been updated...`
    return health('Progressing', `Waiting for partitioned roll out to finish: ${progress}`)
  }
  return health('Healthy', `partitioned roll out complete: ${updated} new pods have been updated...`)
}

function revisionHealth(live: Manifest): Health {
  const update = textAt(live, 'status', 'updateRevision') ?? ''
  const current = textAt(live, 'status', 'currentRevision') ?? ''
  if (update === current) {
    const count = countAt(live, 'currentReplicas')
    return health('Healthy', `statefulset rolling update complete ${count} pods at revision ${current}...`)
  }
  const count = countAt(live, 'updatedReplicas')
  return health(
    'Progressing',
    `waiting for statefulset rolling update to complete ${count} pods at revision ${update}...`,
  )
}
