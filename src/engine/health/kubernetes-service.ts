import type { Manifest } from '../manifest/manifest.js'
import { textAt } from '../manifest/read-json.js'
import type { Health } from './health.js'
import { health } from './health-rule.js'
import { hasLoadBalancer } from './ingress.js'

/** Contract 1.5, Service: only a load balancer has something to wait for. */
export function serviceHealth(live: Manifest): Health {
  const waits = textAt(live, 'spec', 'type') === 'LoadBalancer' && !hasLoadBalancer(live)
  return health(waits ? 'Progressing' : 'Healthy')
}
