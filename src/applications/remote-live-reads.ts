import { AppError } from '../base/app-error.js'
import type { Manifest } from '../engine/manifest/manifest.js'
import type { SyncPreview } from '../engine/sync/sync-preview.js'
import type { ResourceKey } from '../engine/manifest/resource-key.js'
import type { LogLine } from '../engine/logs/log-line.js'
import type { ObjectEvent } from '../engine/tree/object-event.js'
import {
  callPeer,
  streamPeer,
  type FoundPeer,
  type PeerCaller,
  type PeerValue,
} from '../peers/peer-caller.js'
import type { ApplicationStore } from '../store/application-store.js'
import type { ClusterStore } from '../store/directory-stores.js'
import type { LeaseStore } from '../store/lease-store.js'
import {
  LiveReads,
  type LogsWish,
  type ManifestsWish,
  type PreviewWish,
  type ResourceDiff,
  type ResourceTree,
  type TreeChange,
} from './live-reads.js'

/** The names of the calls; the owner answers the same ones. */
export const DIFF_CALL = 'diff'
export const PREVIEW_CALL = 'preview'
export const LIVE_CALL = 'live'
export const MANIFESTS_CALL = 'manifests'
export const TREE_CALL = 'tree'
export const TREE_CHANGES_CALL = 'treeChanges'
export const ORPHANS_CALL = 'orphans'
export const EVENTS_CALL = 'events'
export const LOGS_CALL = 'logs'

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

  override async diff(applicationId: string, predict = false): Promise<readonly ResourceDiff[]> {
    const values = await this.#ask(applicationId, DIFF_CALL, { applicationId, predict })
    return values as unknown as readonly ResourceDiff[]
  }

  override async preview(applicationId: string, wish: PreviewWish): Promise<SyncPreview> {
    const body = { applicationId, wish: wish as unknown as PeerValue }
    const [preview] = await this.#ask(applicationId, PREVIEW_CALL, body)
    return preview as unknown as SyncPreview
  }

  override async live(applicationId: string, key: ResourceKey): Promise<Manifest | undefined> {
    const values = await this.#ask(applicationId, LIVE_CALL, { applicationId, key: plain(key) })
    return values[0] as Manifest | undefined
  }

  override async manifests(applicationId: string, wish: ManifestsWish): Promise<readonly Manifest[]> {
    const values = await this.#ask(applicationId, MANIFESTS_CALL, { applicationId, wish: { ...wish } })
    return values as unknown as readonly Manifest[]
  }

  override async tree(applicationId: string): Promise<ResourceTree> {
    const [tree] = await this.#ask(applicationId, TREE_CALL, { applicationId })
    return tree as unknown as ResourceTree
  }

  override async orphans(applicationId: string): Promise<readonly ResourceKey[]> {
    const values = await this.#ask(applicationId, ORPHANS_CALL, { applicationId })
    return values as unknown as readonly ResourceKey[]
  }

  override async *treeChanges(applicationId: string, signal: AbortSignal): AsyncIterable<TreeChange> {
    const call = { method: TREE_CHANGES_CALL, body: { applicationId }, signal }
    for await (const change of this.#follow(applicationId, call)) yield change as unknown as TreeChange
  }

  override async events(applicationId: string, about?: ResourceKey): Promise<readonly ObjectEvent[]> {
    const body = { applicationId, ...(about !== undefined && { about: plain(about) }) }
    const values = await this.#ask(applicationId, EVENTS_CALL, body)
    return values as unknown as readonly ObjectEvent[]
  }

  override async *logs(
    applicationId: string,
    wish: LogsWish,
    signal: AbortSignal,
  ): AsyncIterable<readonly LogLine[]> {
    const call = { method: LOGS_CALL, body: { applicationId, wish: { ...wish } }, signal }
    for await (const lines of this.#follow(applicationId, call)) yield lines as unknown as readonly LogLine[]
  }

  #follow(
    applicationId: string,
    call: { readonly method: string; readonly body: PeerValue; readonly signal: AbortSignal },
  ): AsyncIterable<PeerValue> {
    return streamPeer(this.#deps.caller, () => this.#owner(applicationId), call)
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

function plain({ group, kind, namespace, name }: ResourceKey) {
  return { group, kind, namespace, name }
}
