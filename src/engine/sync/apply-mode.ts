import type { SyncOptions } from '../application/sync-options.js'
import type { GroupKind } from '../manifest/resource-key.js'

/** How one object is made as declared: by server-side apply, by PUT of the whole, or by deletion and creation. */
export type ApplyMode = 'apply' | 'replace' | 'recreate'

export interface ApplyFacts {
  readonly kind: GroupKind
  readonly options: SyncOptions
  /** `force` of the request. */
  readonly force: boolean
  /** It is there now. */
  readonly exists: boolean
}

/** Their deletion takes along what is in them, so they are never deleted to be changed. */
const NEVER_RECREATED: readonly string[] = ['Namespace', 'CustomResourceDefinition']

/** What `Replace` and `Force` make of one object (contract 1.4). What does not exist is applied. */
export function applyMode(facts: ApplyFacts): ApplyMode {
  if (!facts.options.replace || !facts.exists) return 'apply'
  return mayRecreate(facts) ? 'recreate' : 'replace'
}

/**
 * `Force` without `Replace`: may the object be deleted and created again when the server says that a change of it is
 * impossible?
 */
export function mayRecreate({ kind, options, force }: ApplyFacts): boolean {
  return (force || options.force) && !NEVER_RECREATED.includes(kind.kind)
}

/** Does a refusal say that a field cannot change while the object lives? Anything else wrong stays wrong when created. */
export function isImmutableRefusal(message: string): boolean {
  return /field is immutable|may not change once set|cannot be changed|updates to .{1,200} are forbidden/.test(
    message,
  )
}

/** Why an object with these options cannot be synced, or undefined. Never is something else done than was asked. */
export function refusedOptions({ serverSideApply, replace }: SyncOptions): string | undefined {
  if (serverSideApply !== false || replace) return undefined
  return (
    'ServerSideApply=false is not supported: objects are applied on the server side. Remove the option, or set ' +
    'Replace=true to write the object as a whole.'
  )
}
