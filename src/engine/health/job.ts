import type { Manifest } from '../manifest/manifest.js'
import { textAt } from '../manifest/read-json.js'
import type { Health } from './health.js'
import { conditionOf, health, isTrue } from './health-rule.js'

/** Contract 1.5, Job: failed, complete, suspended, else at work. */
export function jobHealth(live: Manifest): Health {
  if (isTrue(live, 'Failed')) return health('Degraded', messageOf(live, 'Failed'))
  if (isTrue(live, 'Complete')) return health('Healthy', messageOf(live, 'Complete'))
  if (isTrue(live, 'Suspended')) return health('Suspended', 'Job suspended')
  return health('Progressing', textAt(live, 'status', 'message'))
}

function messageOf(live: Manifest, type: string): string | undefined {
  return textAt(conditionOf(live, type), 'message')
}
