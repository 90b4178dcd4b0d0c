import type { Logger } from '../base/logger.js'
import type { Settings } from '../settings/settings.js'
import { openBase } from './open-base.js'
import { openClusterWorker } from './open-cluster-worker.js'
import { openPeer } from './open-peer.js'
import type { RunningRole } from './run-role.js'

export async function startClusterWorker(settings: Settings, logger: Logger): Promise<RunningRole> {
  const base = await openBase('cluster-worker', settings, logger)
  const { server, ...identity } = await openPeer(base, 'cluster-worker')
  const worker = openClusterWorker({ ...base, ...identity })
  server.answer(worker.answers)
  base.relay.start()
  await worker.start()
  const serving = await base.telemetry.serve({ ...base, workers: [worker.watched], fleet: false })
  return {
    says: `The cluster worker ${identity.holder.id} answers the gateway on ${server.address}`,
    stop: async () => {
      await serving.close()
      await worker.close()
      await server.close()
      await base.close()
    },
  }
}
