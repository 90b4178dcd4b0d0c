import { applyJsonPatch, PatchRefusal } from '../../engine/patch/json-patch.js'
import type { JsonPatchOperation } from '../cluster.js'
import type { JsonObject, ManagedFieldsEntry, Manifest } from '../../engine/manifest/manifest.js'
import {
  changedFields,
  fieldsOf,
  mergeValue,
  removeFields,
  unionFields,
  withoutFields,
  type Fields,
} from './field-set.js'

type Operation = 'Apply' | 'Update'

export interface Writer {
  readonly manager: string
  readonly operation: Operation
  /** ISO time of the write. */
  readonly time: string
}

/** Fields that no manager owns: identity, and what the server itself writes. */
const UNOWNED: Fields = {
  'f:apiVersion': {},
  'f:kind': {},
  'f:metadata': Object.fromEntries(
    [
      'name',
      'namespace',
      'uid',
      'resourceVersion',
      'generation',
      'creationTimestamp',
      'deletionTimestamp',
      'managedFields',
    ].map((name) => [`f:${name}`, {}]),
  ),
}

export function ownableFields(object: Manifest): Fields {
  return withoutFields(fieldsOf(asJson(object)), UNOWNED) ?? {}
}

/** Server-side apply, forced: merges, removes what the manager applied before and no longer declares. */
export function applyManifest(live: Manifest | undefined, desired: Manifest, writer: Writer): Manifest {
  const declared = ownableFields(desired)
  if (live === undefined) return withEntries(desired, [entryOf(desired, writer, declared)])
  const entries = live.metadata.managedFields ?? []
  const isMine = (entry: ManagedFieldsEntry): boolean =>
    entry.manager === writer.manager && entry.operation === 'Apply' && entry.subresource === undefined
  const others = entries.filter((entry) => !isMine(entry))
  const before = entries.find(isMine)?.fieldsV1 ?? {}
  const dropped = withoutOthers(withoutFields(before, declared), others)
  const kept = dropped === undefined ? asJson(live) : (removeFields(asJson(live), dropped) ?? {})
  const merged = mergeValue(kept, asJson(desired)) as unknown as Manifest
  const taken = changedFields(asJson(live), asJson(merged)) ?? {}
  return withEntries(merged, [
    ...losing(others, unionFields(taken, dropped ?? {})),
    entryOf(desired, writer, declared),
  ])
}

/** A plain write: its manager owns what it changed, others lose that and what it removed. */
export function updateManifest(live: Manifest | undefined, next: Manifest, writer: Writer): Manifest {
  if (live === undefined) return withEntries(next, [entryOf(next, writer, ownableFields(next))])
  const entries = live.metadata.managedFields ?? []
  const changed = withoutFields(changedFields(asJson(live), asJson(next)) ?? {}, UNOWNED) ?? {}
  const removed = withoutFields(ownableFields(live), ownableFields(next)) ?? {}
  const isMine = (entry: ManagedFieldsEntry): boolean =>
    entry.manager === writer.manager && entry.operation === 'Update'
  const left = losing(entries, unionFields(changed, removed))
  const mine = unionFields(left.find(isMine)?.fieldsV1 ?? {}, changed)
  const others = left.filter((entry) => !isMine(entry))
  return withEntries(next, Object.keys(mine).length === 0 ? others : [...others, entryOf(next, writer, mine)])
}

function withoutOthers(
  fields: Fields | undefined,
  others: readonly ManagedFieldsEntry[],
): Fields | undefined {
  return others.reduce<Fields | undefined>(
    (left, entry) => (left === undefined ? undefined : withoutFields(left, entry.fieldsV1 ?? {})),
    fields,
  )
}

function losing(entries: readonly ManagedFieldsEntry[], fields: Fields): ManagedFieldsEntry[] {
  return entries.flatMap((entry) => {
    const left = withoutFields(entry.fieldsV1 ?? {}, fields)
    return left === undefined ? [] : [{ ...entry, fieldsV1: left }]
  })
}

function entryOf(object: Manifest, writer: Writer, fieldsV1: Fields): ManagedFieldsEntry {
  return { ...writer, apiVersion: object.apiVersion, fieldsType: 'FieldsV1', fieldsV1 }
}

function withEntries(object: Manifest, managedFields: readonly ManagedFieldsEntry[]): Manifest {
  return { ...object, metadata: { ...object.metadata, managedFields } }
}

/** A manifest is JSON; its type leaves the rest of it open. */
function asJson(object: Manifest): JsonObject {
  return object as unknown as JsonObject
}

/** What a JSON patch makes of an object; undefined when it does not apply. */
export function patchedManifest(
  live: Manifest,
  operations: readonly JsonPatchOperation[],
): Manifest | undefined {
  try {
    return applyJsonPatch(live as JsonObject, operations) as unknown as Manifest
  } catch (error) {
    if (error instanceof PatchRefusal) return undefined
    throw error
  }
}
