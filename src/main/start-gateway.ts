import { RemoteLiveReads } from '../applications/remote-live-reads.js'
import { RemoteAuditProof } from '../audit/remote-audit-proof.js'
import type { Logger } from '../base/logger.js'
import { RemoteClusterProbe } from '../clusters/remote-cluster-probe.js'
import { RemoteCredentialRenewal } from '../clusters/remote-credential-renewal.js'
import { HttpPeerCaller } from '../peers/http/http-peer-caller.js'
import { RemoteConnectionCheck } from '../repositories/remote-connection-check.js'
import type { Settings } from '../settings/settings.js'
import { findWorker } from './find-worker.js'
import { openBase } from './open-base.js'
import { openGateway } from './open-gateway.js'
import type { RunningRole } from './run-role.js'

export async function startGateway(settings: Settings, logger: Logger): Promise<RunningRole> {
  const base = await openBase('gateway', settings, logger)
  const { stores, vault, clock, newId, relay } = base
  const caller = new HttpPeerCaller({ key: base.internalKey, clock })
  const ask = { caller, vault, newId }
  const serving = await base.telemetry.serve({ ...base, workers: [], fleet: true })
  const gateway = await openGateway({
    ...base,
    notReady: () => serving.notReady(),
    eventBus: base.events,
    liveReads: new RemoteLiveReads({ ...stores, caller }),
    credentialRenewal: new RemoteCredentialRenewal({ ...stores, caller }),
    connectionCheck: new RemoteConnectionCheck({ ...ask, find: findWorker(stores.leases, 'source-worker') }),
    auditProof: new RemoteAuditProof({ caller, find: findWorker(stores.leases, 'cluster-worker') }),
    clusterProbe: new RemoteClusterProbe({ ...ask, find: findWorker(stores.leases, 'cluster-worker') }),
  })
  relay.start()
  const set = gateway.link === undefined ? '' : `\nSet the admin password (works once): ${gateway.link}`
  return {
    says: `Lockstep listens on ${gateway.url}${set}`,
    stop: async () => {
      await serving.close()
      await gateway.close()
      await caller.close()
      await base.close()
    },
  }
}
