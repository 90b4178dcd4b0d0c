import { AppError } from '../base/app-error.js'
import type { Manifest } from '../engine/manifest/manifest.js'
import type { ResourceKey } from '../engine/manifest/resource-key.js'
import { callPeer, type FoundPeer, type PeerCaller, type PeerValue } from '../peers/peer-caller.js'
import type { ApplicationStore } from '../store/application-store.js'
import type { ClusterStore } from '../store/directory-stores.js'
import type { LeaseStore } from '../store/lease-store.js'
import { LiveReads, type ResourceDiff } from './live-reads.js'

/** The names of the calls; the owner answers the same ones. */
export const DIFF_CALL = 'diff'
export const LIVE_CALL = 'live'

export interface RemoteLiveReadsDeps {
  readonly applications: Pick<ApplicationStore, 'get'>
  readonly clusters: Pick<ClusterStore, 'byServerOrName'>
  readonly leases: Pick<LeaseStore, 'get'>
  readonly caller: PeerCaller
}

/** Asks the owner of the destination cluster, whose address stands in its lease; the lease is read again when it is gone. */
export class RemoteLiveReads extends LiveReads {
  readonly #deps: RemoteLiveReadsDeps

  constructor(deps: RemoteLiveReadsDeps) {
    super()
    this.#deps = deps
  }

  override async diff(applicationId: string): Promise<readonly ResourceDiff[]> {
    const values = await this.#ask(applicationId, DIFF_CALL, { applicationId })
    return values as unknown as readonly ResourceDiff[]
  }

  override async live(applicationId: string, key: ResourceKey): Promise<Manifest | undefined> {
    const { group, kind, namespace, name } = key
    const plain = { group, kind, namespace, name }
    const values = await this.#ask(applicationId, LIVE_CALL, { applicationId, key: plain })
    return values[0] as Manifest | undefined
  }

  #ask(applicationId: string, method: string, body: PeerValue): Promise<readonly PeerValue[]> {
    return callPeer(this.#deps.caller, () => this.#owner(applicationId), { method, body })
  }

  async #owner(applicationId: string): Promise<FoundPeer> {
    const application = await this.#deps.applications.get(applicationId)
    if (application === undefined) throw new AppError('NOT_FOUND', 'The application does not exist.')
    const { server, name } = application.spec.destination
    const cluster = await this.#deps.clusters.byServerOrName(server, name)
    if (cluster === undefined) {
      const wanted = name ?? server ?? ''
      throw new AppError(
        'NOT_FOUND',
        `Destination cluster "${wanted}" is not known. Add it with "lockstep cluster add", or correct spec.destination.`,
      )
    }
    const lease = await this.#deps.leases.get({ kind: 'cluster', id: cluster.id })
    if (lease?.held === true && lease.address !== '') return { address: lease.address }
    const nobody = `Cannot look into cluster "${cluster.name}": no cluster worker owns it now. Try again in a moment; if it stays, look whether one runs.`
    return { nobody }
  }
}
