import type { Processor, Queue, Worker } from 'bullmq'
import type { Logger } from '../../base/logger.js'
import { RareWarning } from '../../base/rare-warning.js'

/** What workers of both places have in common; times as BullMQ takes them. */
export const WORKER_OPTIONS = {
  /** Seconds: a notification wakes a worker, and this is how long one that got lost is not missed. */
  drainDelay: 5,
  /** Jobs are taken for milliseconds: one that is held for longer belongs to a process that died. */
  lockDuration: 10_000,
  stalledInterval: 5_000,
  /** Doorbells that a dying process had taken come back as often as it takes. */
  maxStalledCount: 1_000_000,
  runRetryDelay: 1_000,
}

/** Connections break in every queue at once. `place` is for people, without a password: "Redis at host:6379". */
export function troubleAt(place: string, logger: Logger): RareWarning {
  const sentence = 'The queue is in trouble and tries again'
  return new RareWarning({ logger, sentence, fields: { place }, monotonic: () => performance.now() })
}

/** What is used of a queue and a worker of BullMQ; their full types differ by the place of the jobs. */
export type JobQueue = Pick<Queue, 'addBulk' | 'waitUntilReady' | 'close'>
export type JobWorker = Pick<Worker, 'waitUntilReady' | 'close' | 'disconnect'>

/** Where BullMQ keeps its jobs, as far as the doorbells can tell. Errors of connections are reported by the backend. */
export abstract class BullmqBackend {
  /** For messages to people, without a password: "Redis at host:6379". */
  abstract readonly place: string
  /** The name of the queue that carries the doorbells of a cluster. */
  abstract clusterQueue(clusterId: string): string
  abstract openQueue(name: string): JobQueue
  /** Calls `processor` for jobs until it is closed; survives breaks of the connection. */
  abstract openWorker(name: string, processor: Processor): JobWorker
  /** Resolves once a command can be sent; rejects soon while the connection is known to be broken. */
  abstract up(): Promise<void>
  /** Ends the connections; queues and workers are closed before. */
  abstract close(): Promise<void>
}
