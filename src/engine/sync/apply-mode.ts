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

/**
 * Why only a client-side apply can write an object that the server refused to apply, or undefined: the object is wrong
 * either way, or `ServerSideApply=true` rules that out. Items of a list that share their key, and with `Validate=false`
 * fields that the server does not know.
 */
export function onlyClientSide(
  refusal: string,
  { serverSideApply, validate }: SyncOptions,
): string | undefined {
  if (serverSideApply === true) return undefined
  const duplicate = /duplicate entries for key (\[[^\]]{1,200}\])/.exec(refusal)?.[1]
  if (duplicate !== undefined) return `it declares two items with the key ${duplicate} in one list`
  const isUnknownField = /field not declared in schema/.test(refusal)
  return isUnknownField && !validate ? 'Validate=false, and a field is not in the schema' : undefined
}
