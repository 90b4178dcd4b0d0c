import { FIELD_MANAGER, fieldSetText, ownFieldSet } from '../engine/diff/field-set.js'
import { repairListKeys } from '../engine/diff/find-port-collision.js'
import { takeOverFields } from '../engine/diff/take-over.js'
import { projectedText } from '../engine/diff/project-on.js'
import type { Manifest } from '../engine/manifest/manifest.js'
import type { ResourceKey } from '../engine/manifest/resource-key.js'
import type { Applied } from '../kube/cluster.js'
import type { ManagedObject } from '../store/records.js'
import type { ClusterSession } from './cluster-session.js'
import type { ComparedTarget } from './comparison.js'

export interface ApplyContext {
  readonly session: ClusterSession
  readonly applicationId: string
  readonly hmac: (text: string) => string
  readonly validate: boolean
}

export interface AppliedTarget {
  readonly managed: ManagedObject
  readonly created: boolean
  readonly changed: boolean
  readonly warnings: readonly string[]
  /** Field sets seen for the first time: id → text. */
  readonly newFieldSets: ReadonlyMap<string, string>
}

/** Applies one declared object and records the form in which the server took it. */
export async function applyTarget(compared: ComparedTarget, context: ApplyContext): Promise<AppliedTarget> {
  const { session } = context
  await makeRoom(compared, session)
  const fieldValidation = context.validate ? 'Warn' : 'Ignore'
  const applied = await session.cluster.apply(compared.target.manifest, {
    fieldManager: FIELD_MANAGER,
    fieldValidation,
  })
  return remember(compared, applied, context)
}

/**
 * What an apply alone cannot do. An edited list key (a Service port): the items that collide in lists we own are removed
 * first. An object that a client-side apply owned: its fields become ours, once. Both guarded by the resourceVersion
 * that was judged.
 */
async function makeRoom(compared: ComparedTarget, session: ClusterSession): Promise<void> {
  const { key, manifest } = compared.target
  const form = session.forms.get(key)
  const fieldSet = session.forms.fieldSet(form?.fieldSet)
  const suspect = compared.live?.suspect
  if (suspect !== undefined && fieldSet !== undefined) {
    const repair = repairListKeys(manifest, suspect, fieldSet)
    if (repair.length > 0) await takeOver(key, await session.cluster.patch(key, repair), session)
  } else if (compared.live !== undefined && fieldSet === undefined) {
    const live = await session.cluster.get(key)
    if (live !== undefined) await takeOver(key, live, session)
  }
}

async function takeOver(key: ResourceKey, live: Manifest, session: ClusterSession): Promise<void> {
  const fieldSet = session.forms.fieldSet(session.forms.get(key)?.fieldSet)
  const operations = takeOverFields(live, fieldSet)
  if (operations.length > 0) await session.cluster.patch(key, operations)
}

function remember(compared: ComparedTarget, applied: Applied, context: ApplyContext): AppliedTarget {
  const { session, hmac } = context
  const form = formOf(applied.object, hmac)
  const newFieldSets = new Map<string, string>()
  if (form !== undefined && session.forms.learnFieldSet(form.id, form.set))
    newFieldSets.set(form.id, form.text)
  const { key, version } = compared.target
  const managed: ManagedObject = {
    ...key,
    applicationId: context.applicationId,
    version,
    desiredHash: compared.desiredHash,
    ...(applied.object.metadata.uid === undefined ? {} : { uid: applied.object.metadata.uid }),
    ...(form === undefined ? {} : { fieldSet: form.id, appliedHash: form.hash }),
  }
  session.forms.set(managed)
  session.live.applied(applied.object)
  const changed =
    applied.created || applied.object.metadata.resourceVersion !== compared.live?.resourceVersion
  return { managed, created: applied.created, changed, warnings: applied.warnings, newFieldSets }
}

function formOf(object: Manifest, hmac: (text: string) => string) {
  const set = ownFieldSet(object, FIELD_MANAGER)
  if (set === undefined) return undefined
  const text = fieldSetText(set)
  return { set, text, id: hmac(text).slice(0, 32), hash: hmac(projectedText(set, object)) }
}
