import type { Manifest } from '../manifest/manifest.js'
import { textAt } from '../manifest/read-json.js'
import type { Health } from './health.js'
import { conditionOf, health } from './health-rule.js'

/** Contract 1.5, APIService: by its condition Available. */
export function apiServiceHealth(live: Manifest): Health {
  const available = conditionOf(live, 'Available')
  const message = `${textAt(available, 'reason') ?? ''}: ${textAt(available, 'message') ?? ''}`
  switch (textAt(available, 'status')) {
    case 'True':
      return health('Healthy', message)
    case 'False':
      return health('Progressing', message)
    default:
      return health('Progressing', 'Waiting to be processed')
  }
}
