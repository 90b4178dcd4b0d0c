import type { Manifest } from '../manifest/manifest.js'
import { isRecord, listAt, textAt, valueAt } from '../manifest/read-json.js'
import type { Health } from './health.js'
import { health } from './health-rule.js'

/**
 * Contract 1.5, CronJob, as the bundled rule of Argo CD 3.6 has it: suspended and running are Healthy (#24428). Times
 * are RFC 3339 in UTC with seconds, so they compare as texts.
 */
export function cronJobHealth(live: Manifest): Health {
  if (valueAt(live, 'spec', 'suspend') === true) return health('Healthy', 'CronJob is suspended')
  if (!isRecord(live['status'])) return health('Progressing', 'Waiting for CronJob')
  const scheduled = textAt(live, 'status', 'lastScheduleTime')
  if (scheduled === undefined) return health('Healthy', 'CronJob has not been scheduled yet')
  const succeeded = textAt(live, 'status', 'lastSuccessfulTime')
  if (succeeded === undefined) return health('Healthy', 'CronJob has never completed successfully yet')
  if (listAt(live, 'status', 'active').length > 0) return health('Healthy', 'A job of the CronJob is running')
  if (succeeded < scheduled)
    return health('Degraded', 'CronJob has not completed its last execution successfully')
  return health('Healthy', 'CronJob has completed its last execution successfully')
}
