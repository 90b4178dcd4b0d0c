import type { Clock } from '../base/clock.js'
import type { Logger } from '../base/logger.js'
import { HttpPeerServer } from '../peers/http/http-peer-server.js'
import type { Settings } from '../settings/settings.js'
import { openWorkerIdentity } from './worker-identity.js'

export interface PeerParts {
  readonly settings: Settings
  readonly internalKey: string
  readonly clock: Clock
  readonly logger: Logger
}

/** Who this worker is, and where the gateway reaches it: both stand in its leases. */
export async function openPeer(parts: PeerParts, role: 'source-worker' | 'cluster-worker') {
  const { settings, internalKey, clock, logger } = parts
  const { host, port, address } = settings.internal
  const server = await HttpPeerServer.listen({
    ...{ key: internalKey, host, port, clock, logger },
    ...(address !== undefined && { address }),
  })
  const { formerRunIsDead, ...identity } = await openWorkerIdentity(settings.state.dir, role)
  return { server, role, formerRunIsDead, holder: { ...identity, address: server.address } }
}
