import type { SyncOptions } from '../application/sync-options.js'
import type { ManagedFieldsEntry, Manifest } from '../manifest/manifest.js'
import { annotationOf, isAbsent, isList, isRecord } from '../manifest/read-json.js'
import {
  elementText,
  FIELD_MANAGER,
  fieldsOf,
  parseFieldSet,
  type FieldChild,
  type FieldSet,
} from './field-set.js'
import type { RepairOperation } from './find-port-collision.js'
import { keyFieldsOf, keyOfItem } from './merge-keys.js'
import { lastApplied, LAST_APPLIED } from './normalize.js'
import { declarable } from './project-on.js'

const KUBECTL = 'kubectl-client-side-apply'
const MIGRATED_FROM = 'argocd.argoproj.io/client-side-apply-migration-manager'

/**
 * Managers of client-side applies whose fields become ours: Argo CD's own Update entries, and unless
 * `ClientSideApplyMigration=false` those of kubectl, or of the manager that the annotation of the object names.
 */
export function managersTakenOver(
  { clientSideApplyMigration }: Pick<SyncOptions, 'clientSideApplyMigration'>,
  declared: Manifest,
): readonly string[] {
  if (!clientSideApplyMigration) return [FIELD_MANAGER]
  return [FIELD_MANAGER, annotationOf(declared, MIGRATED_FROM)?.trim() || KUBECTL]
}

/**
 * JSON patch that makes us the server-side owner of what client-side applies (or our own patches) own, so that a field
 * that leaves Git leaves the cluster (csaupgrade; design.md 5). To be sent once, before the first apply; guarded by
 * the resourceVersion that was judged. With empty managedFields the set is the one of our last apply, else that of
 * the last-applied annotation; never what happens to be live, or annotations of others would die. The annotation
 * itself stays and is nobody's. Empty when there is nothing to take over.
 */
export function takeOverFields(
  live: Manifest,
  stored?: FieldSet,
  managers: readonly string[] = [FIELD_MANAGER, KUBECTL],
): readonly RepairOperation[] {
  const entries = live.metadata.managedFields ?? []
  const next = entries.length === 0 ? restoredEntries(live, stored) : mergedEntries(live, entries, managers)
  if (next === undefined) return []
  return [
    { op: 'test', path: '/metadata/resourceVersion', value: live.metadata.resourceVersion },
    { op: entries.length === 0 ? 'add' : 'replace', path: '/metadata/managedFields', value: next },
  ]
}

/** The fields of either set. A leaf of one that has children in the other is owned itself, too. */
export function union(left: FieldSet, right: FieldSet): FieldSet {
  const children = new Map<string, FieldChild>()
  for (const child of [...left.children, ...right.children]) {
    const text = elementText(child.element)
    const known = children.get(text)
    children.set(
      text,
      known === undefined ? child : { element: child.element, set: union(known.set, child.set) },
    )
  }
  const sorted = [...children.keys()].toSorted().flatMap((text) => children.get(text) ?? [])
  return { owned: left.owned || right.owned, children: sorted }
}

function mergedEntries(
  live: Manifest,
  entries: readonly ManagedFieldsEntry[],
  managers: readonly string[],
): readonly ManagedFieldsEntry[] | undefined {
  const own = entries.find((entry) => isOurs(entry))
  const clientSide = entries.filter(
    ({ operation, subresource, manager }) =>
      operation === 'Update' && !subresource && managers.includes(manager ?? ''),
  )
  const version = own?.apiVersion ?? clientSide[0]?.apiVersion
  const taken = clientSide.filter(({ apiVersion }) => apiVersion === version)
  if (version === undefined || taken.length === 0) return undefined
  const sets = [own, ...taken]
    .map((entry) => parseFieldSet(entry?.fieldsV1))
    .filter((set) => set !== undefined)
  const set = withoutLastApplied(sets.reduce(union, { owned: false, children: [] }))
  const others = entries.filter((entry) => entry !== own && !taken.includes(entry))
  return [entryOf(set, { ...live, apiVersion: version }), ...others]
}

function restoredEntries(
  live: Manifest,
  stored: FieldSet | undefined,
): readonly ManagedFieldsEntry[] | undefined {
  const former = lastApplied(live)
  const set = stored ?? (former === undefined ? undefined : declaredFieldSet(former))
  return set === undefined ? undefined : [entryOf(set, live)]
}

function entryOf(set: FieldSet, { apiVersion }: Manifest): ManagedFieldsEntry {
  return {
    manager: FIELD_MANAGER,
    operation: 'Apply',
    apiVersion,
    fieldsType: 'FieldsV1',
    fieldsV1: fieldsOf(set),
  }
}

function isOurs(entry: ManagedFieldsEntry): boolean {
  return entry.manager === FIELD_MANAGER && entry.operation === 'Apply' && !entry.subresource
}

function withoutLastApplied(set: FieldSet): FieldSet {
  return without(set, ['metadata', 'annotations', LAST_APPLIED])
}

/** The set without one field; a parent that is left with nothing, and is not owned itself, goes too. */
function without(set: FieldSet, path: readonly string[]): FieldSet {
  const [name, ...rest] = path
  const children = set.children.flatMap((child) => {
    if (child.element.kind !== 'field' || child.element.name !== name) return [child]
    if (rest.length === 0) return []
    const below = without(child.set, rest)
    return below.children.length === 0 && !below.owned ? [] : [{ element: child.element, set: below }]
  })
  return { owned: set.owned, children }
}

/** What an apply of this object would own: list-maps of Kubernetes' own kinds by key, any other list as a whole. */
export function declaredFieldSet(manifest: Manifest): FieldSet {
  const { apiVersion: _version, kind: _kind, metadata, ...rest } = manifest
  const { name: _name, namespace: _namespace, ...declared } = metadata
  return declarable(setOfValue({ ...rest, metadata: declared }, ''))
}

/**
 * An empty map would become a leaf, and a leaf that is declared no more takes the whole map with it: with cleared
 * managedFields nobody is there to hold what others put into it.
 */
function isEmpty(value: unknown): boolean {
  return isAbsent(value) || (isRecord(value) && Object.keys(value).every((name) => isEmpty(value[name])))
}

function setOfValue(value: unknown, field: string): FieldSet {
  if (isRecord(value)) {
    const children = Object.keys(value)
      .filter((name) => !isEmpty(value[name]))
      .toSorted()
      .map((name): FieldChild => ({ element: { kind: 'field', name }, set: setOfValue(value[name], name) }))
    return { owned: children.length === 0, children }
  }
  const keys = isList(value) ? keyFieldsOf(field, [value]) : undefined
  if (!isList(value) || keys === undefined || value.length === 0) return { owned: true, children: [] }
  const items = value.map((item): FieldChild => {
    const { children } = setOfValue(item, '')
    return { element: { kind: 'key', match: keyOfItem(item, keys) }, set: { owned: true, children } }
  })
  return union({ owned: false, children: items }, { owned: false, children: [] })
}
