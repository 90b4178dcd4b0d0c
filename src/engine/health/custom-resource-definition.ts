import type { Manifest } from '../manifest/manifest.js'
import { listAt, textAt } from '../manifest/read-json.js'
import type { Health } from './health.js'
import { conditionOf, health, isTrue } from './health-rule.js'

/** CustomResourceDefinition as Argo CD's bundled rule means it: names accepted, established, schema structural. */
export function customResourceDefinitionHealth(live: Manifest): Health {
  if (listAt(live, 'status', 'conditions').length === 0)
    return health('Progressing', 'Status conditions not found')
  if (isTrue(live, 'Terminating'))
    return health('Progressing', `CRD is terminating: ${messageOf(live, 'Terminating')}`)
  if (textAt(conditionOf(live, 'NamesAccepted'), 'status') === 'False') {
    return health('Degraded', `CRD names have not been accepted: ${messageOf(live, 'NamesAccepted')}`)
  }
  if (!isTrue(live, 'Established')) return health('Degraded', 'CRD is not established')
  if (isTrue(live, 'NonStructuralSchema')) {
    return health('Degraded', `Schema violations found: ${messageOf(live, 'NonStructuralSchema')}`)
  }
  return health('Healthy', 'CRD is healthy')
}

function messageOf(live: Manifest, type: string): string {
  return textAt(conditionOf(live, type), 'message') ?? ''
}
