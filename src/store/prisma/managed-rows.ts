import { resourceKeyText } from '../../engine/manifest/resource-key.js'
import type { Fences, ManagedObject } from '../records.js'
import type { Database } from './database.js'
import { FENCE_HOLDS } from './fence.js'
import { lastOfEach } from './last-of-each.js'

interface ManagedRow {
  readonly application_id: string
  readonly api_group: string
  readonly kind: string
  readonly namespace: string
  readonly name: string
  readonly version: string
  readonly uid: string | null
  readonly field_set: string | null
  readonly applied_hash: string | null
  readonly desired_hash: string | null
}

function toManagedObject(row: ManagedRow): ManagedObject {
  return {
    applicationId: row.application_id,
    group: row.api_group,
    kind: row.kind,
    namespace: row.namespace,
    name: row.name,
    version: row.version,
    ...(row.uid === null ? {} : { uid: row.uid }),
    ...(row.field_set === null ? {} : { fieldSet: row.field_set }),
    ...(row.applied_hash === null ? {} : { appliedHash: row.applied_hash }),
    ...(row.desired_hash === null ? {} : { desiredHash: row.desired_hash }),
  }
}

export async function inventories(
  database: Database,
  ids: readonly string[],
): Promise<readonly ManagedObject[]> {
  const rows = await database.rows<ManagedRow>({
    name: 'managed-get',
    text: `SELECT application_id, api_group, kind, namespace, name, version, uid, field_set, applied_hash, desired_hash
      FROM managed_objects WHERE application_id = ANY($1::text[])
      ORDER BY application_id, api_group, kind, namespace, name`,
    values: [ids],
  })
  return rows.map(toManagedObject)
}

/** Objects of applications that were removed meanwhile are left out. */
export async function saveManaged(
  database: Database,
  managed: readonly ManagedObject[],
  fence?: Fences,
): Promise<void> {
  if (managed.length === 0) return
  await database.fenced({
    name: 'managed-save',
    fence,
    ctes: `${managedCte(1)}, change AS (SELECT 1)`,
    values: managedValues(managed),
  })
}

/** How many values `managedValues` gives. */
export const MANAGED_VALUES = 10

/** Saves objects as part of a statement, while its fence holds: parameters from `$first` on. */
export function managedCte(first: number): string {
  const arrays = Array.from({ length: MANAGED_VALUES }, (_, index) => `$${first + index}::text[]`)
  return `managed AS (INSERT INTO managed_objects (application_id, api_group, kind, namespace, name, version, uid, field_set, applied_hash, desired_hash)
      SELECT m.* FROM unnest(${arrays.join(', ')})
        AS m(application_id, api_group, kind, namespace, name, version, uid, field_set, applied_hash, desired_hash)
      JOIN applications a ON a.id = m.application_id WHERE ${FENCE_HOLDS} ORDER BY 1, 2, 3, 4, 5
      ON CONFLICT (application_id, api_group, kind, namespace, name) DO UPDATE SET
        (version, uid, field_set, applied_hash, desired_hash) =
        ROW(excluded.version, excluded.uid, excluded.field_set, excluded.applied_hash, excluded.desired_hash))`
}

export function managedValues(managed: readonly ManagedObject[]): readonly unknown[] {
  const objects = lastOfEach(managed, (object) => `${object.applicationId}/${resourceKeyText(object)}`)
  return [
    ...keyColumns(objects),
    objects.map((object) => object.version),
    objects.map((object) => object.uid ?? null),
    objects.map((object) => object.fieldSet ?? null),
    objects.map((object) => object.appliedHash ?? null),
    objects.map((object) => object.desiredHash ?? null),
  ]
}

export async function removeManaged(
  database: Database,
  objects: readonly ManagedObject[],
  fence?: Fences,
): Promise<void> {
  if (objects.length === 0) return
  await database.fenced({
    name: 'managed-remove',
    fence,
    ctes: `removed AS (DELETE FROM managed_objects m USING unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[])
        AS k(application_id, api_group, kind, namespace, name)
      WHERE (m.application_id, m.api_group, m.kind, m.namespace, m.name) = (k.application_id, k.api_group, k.kind, k.namespace, k.name)
        AND ${FENCE_HOLDS}), change AS (SELECT 1)`,
    values: keyColumns(objects),
  })
}

function keyColumns(objects: readonly ManagedObject[]): readonly (readonly string[])[] {
  return [
    objects.map((object) => object.applicationId),
    objects.map((object) => object.group),
    objects.map((object) => object.kind),
    objects.map((object) => object.namespace),
    objects.map((object) => object.name),
  ]
}
