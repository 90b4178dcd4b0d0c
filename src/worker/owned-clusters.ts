import { reasonOf } from '../base/app-error.js'
import type { Logger } from '../base/logger.js'
import type { DoorbellQueue } from '../queue/doorbell-queue.js'
import type { Stores } from '../store/stores.js'

export interface OwnedClustersDeps {
  readonly stores: Pick<Stores, 'applications' | 'clusters' | 'operations'>
  readonly queue: DoorbellQueue
  readonly logger: Logger
  readonly owns: (clusterId: string) => boolean
  /** Looks at the leases now. */
  readonly look: () => Promise<void>
  readonly wake: (applicationId: string, clusterId: string, project?: string) => void
  /** Connects again where the credential is another one, or the cluster is gone. */
  readonly renew: (clusterId: string) => Promise<void>
  /** Ends the connection and its watches. */
  readonly drop: (clusterId: string) => Promise<void>
}

const ASK_AGAIN_MS = 1_000

/** What changes with the owner of a cluster: who hears its doorbells, who watches it, who goes on with what is under way. */
export class OwnedClusters {
  readonly #deps: OwnedClustersDeps
  readonly #deaf = new Map<string, () => Promise<void>>()

  constructor(deps: OwnedClustersDeps) {
    this.#deps = deps
  }

  /** Hears first and then looks at everything once: nothing falls in between. */
  async gain(clusterId: string): Promise<void> {
    const { queue, wake } = this.#deps
    await this.#deaf.get(clusterId)?.()
    this.#deaf.set(
      clusterId,
      queue.listenCluster(clusterId, (id) => wake(id, clusterId)),
    )
    await this.#wakeAll(clusterId).catch((error: unknown) => this.#failed(clusterId, error))
  }

  async lose(clusterId: string): Promise<void> {
    const deaf = this.#deaf.get(clusterId)
    this.#deaf.delete(clusterId)
    await Promise.all([deaf?.(), this.#deps.drop(clusterId)])
  }

  /** A cluster was connected, changed or removed; every cluster worker may hear of it. */
  changed(clusterId: string): void {
    this.#follow(clusterId).catch((error: unknown) => this.#failed(clusterId, error))
  }

  #failed(cluster: string, error: unknown): void {
    this.#deps.logger.warn('a cluster could not be looked at, trying again', {
      cluster,
      reason: reasonOf(error),
    })
    this.#ringAgain(cluster)
  }

  async #follow(clusterId: string): Promise<void> {
    const { owns, look, renew, stores } = this.#deps
    const wasOurs = owns(clusterId)
    // Also of what is ours: it reads the kill switch.
    await look()
    if (owns(clusterId)) {
      await renew(clusterId)
      // What was gained just now is looked at already.
      if (wasOurs) await this.#wakeAll(clusterId)
    } else if ((await stores.clusters.get(clusterId)) !== undefined) this.#ringAgain(clusterId)
  }

  /** Its owner has not heard of it yet. */
  #ringAgain(id: string): void {
    const { queue, logger } = this.#deps
    setTimeout(() => {
      queue.ring({ kind: 'cluster', id }).catch((error: unknown) => {
        logger.warn('a cluster could not be announced to its owner', { cluster: id, reason: reasonOf(error) })
      })
    }, ASK_AGAIN_MS).unref()
  }

  /** What was under way comes first. */
  async #wakeAll(clusterId: string): Promise<void> {
    const { stores, wake } = this.#deps
    const cluster = await stores.clusters.get(clusterId)
    if (cluster === undefined) return
    const [applications, active] = await Promise.all([
      stores.applications.byCluster(cluster),
      stores.operations.allActive(),
    ])
    const busy = new Set(active.map(({ applicationId }) => applicationId))
    const inOrder = [
      ...applications.filter(({ id }) => busy.has(id)),
      ...applications.filter(({ id }) => !busy.has(id)),
    ]
    for (const { id, spec } of inOrder) wake(id, clusterId, spec.project)
  }
}
