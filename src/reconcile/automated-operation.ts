import { decidedSync } from './sync-audit.js'
import type { Application } from '../engine/application/application.js'
import type { Operation, SyncRequest } from '../engine/sync/operation.js'
import type { MutationRecord } from '../store/records.js'

/** What the policy of an application wants now. */
export interface NewSync {
  readonly request: SyncRequest
  readonly heal: boolean
  readonly revisions: readonly string[]
}

/** The operation that carries it out. */
export function newOperation(
  { id: applicationId, generation }: Application,
  { request, heal, revisions }: NewSync,
  born: Pick<Operation, 'id' | 'startedAt'>,
): Operation {
  return {
    ...born,
    applicationId,
    kind: 'sync',
    phase: 'Running',
    request: { ...request, generation },
    initiatedBy: { username: 'system', automated: true },
    revisions,
    message: heal ? 'correcting drift' : 'syncing automatically',
    retryCount: 0,
    results: [],
  }
}

/** Who began it, in the audit trail. */
export function recordOf(application: Application, operation: Operation, { heal }: NewSync): MutationRecord {
  return { audit: decidedSync(application, operation, heal), doorbells: [] }
}
