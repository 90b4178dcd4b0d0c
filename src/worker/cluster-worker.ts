import { AppError, reasonOf } from '../base/app-error.js'
import { crashPoint } from '../base/crash-point.js'
import type { Logger } from '../base/logger.js'
import { KeyedQueue } from '../queue/keyed-queue.js'
import { NotTheOwner } from '../reconcile/not-the-owner.js'
import type { ReconcileApplication } from '../reconcile/reconcile-application.js'
import type { Stores } from '../store/stores.js'
import { withLogContext } from '../telemetry/log-context.js'
import { noMetrics, type Metrics } from '../telemetry/metrics.js'

/** Of all clusters, and of one: a slow one leaves room for the others. */
const CONCURRENCY = { all: 48, cluster: 24 }
const FIRST_BACKOFF_SECONDS = 1
const MAX_BACKOFF_SECONDS = 60

export interface ClusterWorkerDeps {
  readonly stores: Pick<Stores, 'applications'>
  readonly reconcile: ReconcileApplication
  readonly logger: Logger
  /** Does this process own the cluster? What waits for another owner's cluster is dropped: that one has it too. */
  readonly owns: (clusterId: string) => boolean
  readonly metrics?: Metrics
}

/** Turns doorbells and watch events into runs of the loop: one per application at a time, errors by their `retry`. */
export class ClusterWorker {
  readonly #deps: ClusterWorkerDeps
  readonly #queue: KeyedQueue
  readonly #failures = new Map<string, number>()
  readonly #clusters = new Map<string, string>()
  readonly #projects = new Map<string, string>()

  constructor(deps: ClusterWorkerDeps) {
    this.#deps = deps
    this.#queue = new KeyedQueue({
      concurrency: CONCURRENCY.all,
      concurrencyOfGroup: CONCURRENCY.cluster,
      run: (id) => this.#run(id),
      onError: (id, error) => this.#onError(id, error),
    })
  }

  /**
   * `clusterId` says for which owner: whoever is woken for a cluster that went elsewhere meanwhile is left alone. Clusters
   * take turns, and so do the projects in each, as far as they were said once.
   */
  wake(applicationId: string, clusterId?: string, project?: string): void {
    if (clusterId !== undefined) this.#clusters.set(applicationId, clusterId)
    if (project !== undefined) this.#projects.set(applicationId, project)
    const group = this.#clusters.get(applicationId) ?? ''
    this.#queue.add(applicationId, { group, subgroup: this.#projects.get(applicationId) ?? '' })
  }

  /** A change of an object that only says the tracking name of its application. */
  wakeByTrackingName(name: string): void {
    const separator = name.indexOf('_')
    const namespace = separator < 0 ? 'argocd' : name.slice(0, separator)
    this.#deps.stores.applications
      .byName(namespace, name.slice(separator + 1))
      .then((application) => application && this.wake(application.id, undefined, application.spec.project))
      .catch((error: unknown) =>
        this.#deps.logger.warn('an application could not be looked up', { reason: reasonOf(error) }),
      )
  }

  /** Applications that wait or run. */
  get depth(): number {
    return this.#queue.size
  }

  async close(): Promise<void> {
    await this.#queue.close()
  }

  async #run(id: string): Promise<number | undefined> {
    const cluster = this.#clusters.get(id)
    if (cluster !== undefined && !this.#deps.owns(cluster)) return this.#forget(id)
    const requeue = await withLogContext({ application: id, ...(cluster && { cluster }) }, () =>
      this.#timed(id),
    )
    crashPoint('S16:before')
    this.#failures.delete(id)
    crashPoint('S16:after')
    return requeue
  }

  async #timed(id: string): Promise<number | undefined> {
    const { metrics = noMetrics, reconcile } = this.#deps
    const begin = performance.now()
    let outcome = 'failed'
    try {
      const requeue = await reconcile.run(id)
      outcome = 'done'
      return requeue
    } finally {
      metrics.observe('lockstep_app_reconcile', { outcome }, (performance.now() - begin) / 1000)
    }
  }

  #forget(id: string): undefined {
    this.#clusters.delete(id)
    this.#projects.delete(id)
    this.#failures.delete(id)
  }

  #onError(id: string, error: unknown): number | undefined {
    if (error instanceof NotTheOwner) return this.#forget(id)
    const retry = error instanceof AppError ? error.retry : 'backoff'
    const failures = (this.#failures.get(id) ?? 0) + 1
    this.#failures.set(id, failures)
    const fields = { application: id, reason: reasonOf(error) }
    if (error instanceof AppError) this.#deps.logger.warn('an application could not be reconciled', fields)
    else this.#deps.logger.error('an application could not be reconciled', { ...fields, error })
    if (typeof retry === 'object') return retry.afterSeconds
    // Even what waits for people is looked at again now and then: the input may have been mended elsewhere.
    if (retry === 'never') return MAX_BACKOFF_SECONDS
    return Math.min(FIRST_BACKOFF_SECONDS * 2 ** (failures - 1), MAX_BACKOFF_SECONDS)
  }
}
