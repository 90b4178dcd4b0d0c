import { DelayedError, type Job } from 'bullmq'
import { reasonOf } from '../../base/app-error.js'
import type { Logger } from '../../base/logger.js'
import { DoorbellQueue, type Doorbell, type DoorbellListener } from '../doorbell-queue.js'
import type { BullmqBackend } from './bullmq-backend.js'
import { fromJob } from './doorbell-job.js'
import { Ear } from './ear.js'
import { Ringer } from './ringer.js'
import type { RareWarning } from '../../base/rare-warning.js'

/** What was given back is offered again after this time, later each time: its owner may be another process. */
const OFFER_AGAIN_MS = { first: 100, most: 2_000 }
/** Repositories and applications that are to be rendered; news about clusters for any cluster worker. */
const QUEUE_OF_KIND = { repository: 'source', application: 'source', cluster: 'clusters' } as const

export interface BullmqQueueParts {
  readonly backend: BullmqBackend
  readonly warning: RareWarning
  readonly logger: Logger
}

/**
 * Doorbells between processes by BullMQ. A job is acknowledged once its listener has returned, that is once the key is
 * in the in-memory queue of the owner; what a process had taken when it died comes back within seconds.
 */
export class BullmqQueue extends DoorbellQueue {
  readonly #backend: BullmqBackend
  readonly #logger: Logger
  readonly #warning: RareWarning
  readonly #ringer: Ringer
  readonly #ears = new Map<string, Ear>()
  readonly #listeners = new Map<string, DoorbellListener>()
  #closed = false

  constructor({ backend, warning, logger }: BullmqQueueParts) {
    super()
    this.#logger = logger
    this.#warning = warning
    this.#backend = backend
    this.#ringer = new Ringer(backend, warning)
  }

  override async ring(doorbell: Doorbell): Promise<void> {
    if (this.#closed) return
    await this.#ringer.ring(this.#queueOf(doorbell), doorbell)
  }

  override listen(kind: Doorbell['kind'], listener: DoorbellListener): void {
    if (this.#closed) return
    this.#listeners.set(kind, listener)
    this.#hear(QUEUE_OF_KIND[kind])
  }

  override listenCluster(clusterId: string, listener: DoorbellListener): () => Promise<void> {
    const address = clusterAddress(clusterId)
    const queue = this.#backend.clusterQueue(clusterId)
    if (!this.#closed) {
      this.#listeners.set(address, listener)
      this.#hear(queue)
    }
    return async () => {
      if (this.#listeners.get(address) !== listener) return
      this.#listeners.delete(address)
      await this.#deafen(queue)
    }
  }

  override async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    this.#warning.mute()
    this.#listeners.clear()
    await Promise.all([...this.#ears.keys()].map((queue) => this.#deafen(queue)))
    await this.#ringer.close()
    await this.#backend.close()
  }

  #queueOf(doorbell: Doorbell): string {
    const isAddressed = doorbell.kind === 'application' && doorbell.cluster !== undefined
    return isAddressed ? this.#backend.clusterQueue(doorbell.cluster ?? '') : QUEUE_OF_KIND[doorbell.kind]
  }

  #hear(queue: string): void {
    if (this.#ears.has(queue)) return
    const processor = (job: Job, token?: string): Promise<void> => this.#take(job, token)
    this.#ears.set(queue, new Ear({ backend: this.#backend, queue, processor, warning: this.#warning }))
  }

  /** Closes the ear that nobody listens to any more. */
  async #deafen(queue: string): Promise<void> {
    const isHeard = [...this.#listeners.keys()].some((address) => this.#queueAt(address) === queue)
    const ear = this.#ears.get(queue)
    if (isHeard || ear === undefined) return
    this.#ears.delete(queue)
    await ear.close()
  }

  #queueAt(address: string): string {
    const cluster = CLUSTER_ADDRESS.exec(address)?.[1]
    return cluster === undefined
      ? QUEUE_OF_KIND[address as Doorbell['kind']]
      : this.#backend.clusterQueue(cluster)
  }

  async #take(job: Job, token: string | undefined): Promise<void> {
    const doorbell = fromJob(job.data)
    if (doorbell === undefined) {
      this.#logger.warn('Dropped a job that is no doorbell', { queue: job.queueName })
      return
    }
    if (this.#offer(doorbell)) return
    const wait = Math.min(
      OFFER_AGAIN_MS.first * 2 ** Math.min(job.attemptsStarted - 1, 10),
      OFFER_AGAIN_MS.most,
    )
    await job.moveToDelayed(Date.now() + wait, token)
    throw new DelayedError()
  }

  /** Whether somebody took it. */
  #offer(doorbell: Doorbell): boolean {
    const listener = this.#listeners.get(addressOf(doorbell))
    try {
      return listener !== undefined && listener(doorbell.id) !== false
    } catch (error) {
      this.#logger.error('A listener to doorbells failed', { ...doorbell, reason: reasonOf(error) })
      return false
    }
  }
}

const CLUSTER_ADDRESS = /^cluster\/(.*)$/s

function clusterAddress(clusterId: string): string {
  return `cluster/${clusterId}`
}

function addressOf(doorbell: Doorbell): string {
  const isAddressed = doorbell.kind === 'application' && doorbell.cluster !== undefined
  return isAddressed ? clusterAddress(doorbell.cluster ?? '') : doorbell.kind
}
