import type { BulkJobOptions } from 'bullmq'
import type { Doorbell } from '../doorbell-queue.js'

/** A doorbell as BullMQ carries it: the key and nothing else. */
export interface DoorbellJob {
  readonly name: Doorbell['kind']
  readonly data: Doorbell
  readonly opts: BulkJobOptions
}

/**
 * Merged with an equal one that waits, by `deduplication` and not by a bare job id: a finished job that is kept would
 * swallow the next one. One that rings while the former is being taken becomes a job of its own (`keepLastIfActive`).
 */
export function toJob(doorbell: Doorbell): DoorbellJob {
  return {
    name: doorbell.kind,
    data: keyOf(doorbell),
    opts: {
      removeOnComplete: true,
      removeOnFail: true,
      deduplication: { id: jobKey(doorbell), keepLastIfActive: true },
    },
  }
}

/** Field by field: what else a caller hung on it stays here. */
function keyOf(doorbell: Doorbell): Doorbell {
  const { kind, id } = doorbell
  if (kind !== 'application') return { kind, id }
  return doorbell.cluster === undefined ? { kind, id } : { kind, id, cluster: doorbell.cluster }
}

export function jobKey(doorbell: Doorbell): string {
  const cluster = doorbell.kind === 'application' ? (doorbell.cluster ?? '') : ''
  return `${doorbell.kind}/${doorbell.id}/${cluster}`
}

/** Undefined for what is no doorbell: others may write to the same place. */
export function fromJob(content: unknown): Doorbell | undefined {
  if (typeof content !== 'object' || content === null) return undefined
  const { kind, id, cluster } = content as Readonly<Record<string, unknown>>
  if (typeof id !== 'string') return undefined
  if (kind === 'repository' || kind === 'cluster') return { kind, id }
  if (kind !== 'application') return undefined
  return typeof cluster === 'string' ? { kind, id, cluster } : { kind, id }
}
