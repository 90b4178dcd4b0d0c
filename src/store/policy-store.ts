import type { PolicyDocument } from '../engine/access/policy-document.js'
import type { MutationRecord } from './records.js'

export interface StoredPolicy {
  /** Of each edit its own, one more than that before. */
  readonly generation: number
  readonly document: PolicyDocument
}

/** The policy of the installation, every edit of it. Project roles are in their projects. */
export abstract class PolicyStore {
  /** The newest; undefined before the first edit. */
  abstract current(): Promise<StoredPolicy | undefined>
  /** Becomes generation `after` + 1. CONFLICT when `after` is no longer the newest (0: there is none yet). */
  abstract save(document: PolicyDocument, after: number, record: MutationRecord): Promise<StoredPolicy>
}

export function outdatedPolicy(after: number): string {
  return `The policy was changed since generation ${after}: read it again, and make your change in what stands there now.`
}
