import { groupKindText, type GroupKind } from './resource-key.js'

/** What discovery says of one kind in its preferred version. */
export interface ApiKind extends GroupKind {
  readonly version: string
  readonly plural: string
  readonly namespaced: boolean
  readonly verbs: readonly string[]
}

/**
 * All kinds a cluster serves, by `group/Kind`. `failedGroups` could not be read: their kinds are *unknown*, never absent
 * (K-13 of faults.md).
 */
export interface ApiCatalog {
  readonly kinds: ReadonlyMap<string, ApiKind>
  readonly failedGroups: ReadonlySet<string>
}

/** The kind in the catalog, `undefined` when the server does not serve it, `'unknown'` when its group failed. */
export function findKind(catalog: ApiCatalog, kind: GroupKind): ApiKind | 'unknown' | undefined {
  const found = catalog.kinds.get(groupKindText(kind))
  if (found !== undefined) return found
  return catalog.failedGroups.has(kind.group) ? 'unknown' : undefined
}
