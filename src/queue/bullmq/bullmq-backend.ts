import type { Processor, Queue, Worker } from 'bullmq'

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
