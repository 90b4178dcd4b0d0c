import { AppError, reasonOf } from '../base/app-error.js'
import { crashPoint } from '../base/crash-point.js'
import type { Logger } from '../base/logger.js'
import { KeyedQueue } from '../queue/keyed-queue.js'
import type { ReconcileApplication } from '../reconcile/reconcile-application.js'
import type { Stores } from '../store/stores.js'

const CONCURRENCY = 24
const FIRST_BACKOFF_SECONDS = 1
const MAX_BACKOFF_SECONDS = 60

export interface ClusterWorkerDeps {
  readonly stores: Pick<Stores, 'applications' | 'clusters' | 'operations'>
  readonly reconcile: ReconcileApplication
  readonly logger: Logger
}

/** Turns doorbells and watch events into runs of the loop: one per application at a time, errors by their `retry`. */
export class ClusterWorker {
  readonly #deps: ClusterWorkerDeps
  readonly #queue: KeyedQueue
  readonly #failures = new Map<string, number>()

  constructor(deps: ClusterWorkerDeps) {
    this.#deps = deps
    this.#queue = new KeyedQueue({
      concurrency: CONCURRENCY,
      run: (id) => this.#run(id),
      onError: (id, error) => this.#onError(id, error),
    })
  }

  wake(applicationId: string): void {
    this.#queue.add(applicationId)
  }

  /** A change of an object that only says the tracking name of its application. */
  wakeByTrackingName(name: string): void {
    const separator = name.indexOf('_')
    const namespace = separator < 0 ? 'argocd' : name.slice(0, separator)
    this.#deps.stores.applications
      .byName(namespace, name.slice(separator + 1))
      .then((application) => application && this.wake(application.id))
      .catch((error: unknown) =>
        this.#deps.logger.warn('an application could not be looked up', { reason: reasonOf(error) }),
      )
  }

  /** After a start: whatever was under way goes on, and every cluster is observed again. */
  async resume(): Promise<void> {
    const { operations, clusters, applications } = this.#deps.stores
    for (const operation of await operations.allActive()) this.wake(operation.applicationId)
    for (const cluster of await clusters.list()) await this.wakeCluster(cluster, applications)
  }

  async wakeCluster(
    cluster: { readonly server: string; readonly name: string },
    applications = this.#deps.stores.applications,
  ) {
    for (const application of await applications.byCluster(cluster)) this.wake(application.id)
  }

  async close(): Promise<void> {
    await this.#queue.close()
  }

  async #run(id: string): Promise<number | undefined> {
    const requeue = await this.#deps.reconcile.run(id)
    crashPoint('S16:before')
    this.#failures.delete(id)
    crashPoint('S16:after')
    return requeue
  }

  #onError(id: string, error: unknown): number | undefined {
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
