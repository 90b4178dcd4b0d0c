import type { Manifest } from '../manifest/manifest.js'
import { listAt } from '../manifest/read-json.js'
import type { Health } from './health.js'
import { health } from './health-rule.js'

/** Contract 1.5, Ingress: any entry counts, also one without IP and host name. */
export function ingressHealth(live: Manifest): Health {
  return health(hasLoadBalancer(live) ? 'Healthy' : 'Progressing')
}

/** Was a load balancer assigned to this Ingress or Service? */
export function hasLoadBalancer(live: Manifest): boolean {
  return listAt(live, 'status', 'loadBalancer', 'ingress').length > 0
}
