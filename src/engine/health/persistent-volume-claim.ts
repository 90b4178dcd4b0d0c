import type { Manifest } from '../manifest/manifest.js'
import { textAt } from '../manifest/read-json.js'
import type { Health } from './health.js'
import { health } from './health-rule.js'

/** Contract 1.5, PersistentVolumeClaim: by phase. */
export function persistentVolumeClaimHealth(live: Manifest): Health {
  switch (textAt(live, 'status', 'phase')) {
    case 'Bound':
      return health('Healthy')
    case 'Pending':
      return health('Progressing')
    case 'Lost':
      return health('Degraded')
    default:
      return health('Unknown')
  }
}
