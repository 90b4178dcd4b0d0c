import { setTimeout as sleep } from 'node:timers/promises'
import { AppError, reasonOf } from '../base/app-error.js'
import type { IgnoreDifference } from '../engine/application/application.js'
import type { SyncOptions } from '../engine/application/sync-options.js'
import { isImmutableRefusal, type ApplyMode } from '../engine/sync/apply-mode.js'
import { FIELD_MANAGER, fieldSetText, ownFieldSet } from '../engine/diff/field-set.js'
import { repairListKeys } from '../engine/diff/find-port-collision.js'
import { declaredFieldSet, managersTakenOver, takeOverFields } from '../engine/diff/take-over.js'
import { projectedText } from '../engine/diff/project-on.js'
import type { Manifest } from '../engine/manifest/manifest.js'
import type { ResourceKey } from '../engine/manifest/resource-key.js'
import type { ManagedObject } from '../store/records.js'
import type { ClusterSession } from './cluster-session.js'
import type { ComparedTarget } from './comparison.js'
import { writeObject, type WrittenObject } from './write-object.js'

export interface ApplyContext {
  readonly session: ClusterSession
  readonly applicationId: string
  readonly hmac: (text: string) => string
  /** In force for this object. */
  readonly options: SyncOptions
  /** `spec.ignoreDifferences`. */
  readonly ignored: readonly IgnoreDifference[]
  /** Milliseconds since 1970. */
  readonly now: number
  readonly mode: ApplyMode
  /** `Force`: delete and create again what the server says cannot be changed. */
  readonly mayRecreate: boolean
}

const GONE_WITHIN_MS = 20_000
const LOOK_EVERY_MS = 100

export interface AppliedTarget {
  readonly managed: ManagedObject
  readonly created: boolean
  readonly changed: boolean
  readonly warnings: readonly string[]
  /** For people: what was done beside the apply. */
  readonly notes: readonly string[]
  /** Field sets seen for the first time: id → text. */
  readonly newFieldSets: ReadonlyMap<string, string>
}

/** Applies one declared object and records the form in which the server took it. */
export async function applyTarget(compared: ComparedTarget, context: ApplyContext): Promise<AppliedTarget> {
  if (context.mode === 'recreate') return recreated(compared, context)
  if (context.mode === 'replace') return replaced(compared, context)
  try {
    await makeRoom(compared, context)
    return remember(compared, await apply(compared, context), context)
  } catch (error) {
    const wanted = context.mayRecreate && compared.live !== undefined
    if (!wanted || !isRefusedForGood(error)) throw error
    return recreated(compared, context)
  }
}

/**
 * What a client-side apply of ours once owned becomes ours on the server side, and only then leaves with Git: the apply
 * after it removes what is not declared.
 */
async function apply({ target: { key, manifest } }: ComparedTarget, context: ApplyContext) {
  const written = await writeObject(manifest, context)
  const left = written.clientSide ? [] : takeOverFields(written.object, undefined, [FIELD_MANAGER])
  if (left.length === 0) return written
  await context.session.cluster.patch(key, left)
  return { ...(await writeObject(manifest, context)), created: written.created }
}

function isRefusedForGood(error: unknown): boolean {
  return error instanceof AppError && error.code === 'BAD_USER_INPUT' && isImmutableRefusal(reasonOf(error))
}

/**
 * `Replace`: the object is written as a whole, guarded by the resourceVersion that was read. The apply after it changes
 * nothing; it makes the fields ours, so that drift is judged as for any other object.
 */
async function replaced(compared: ComparedTarget, context: ApplyContext): Promise<AppliedTarget> {
  const { session } = context
  const { key, manifest } = compared.target
  const live = await session.cluster.get(key)
  const resourceVersion = live?.metadata.resourceVersion
  if (resourceVersion !== undefined) await session.cluster.replace(manifest, { resourceVersion })
  const now = await session.cluster.get(key)
  if (now !== undefined) await takeOver(compared, now, context)
  const applied = await apply(compared, context)
  const notes = [...(resourceVersion === undefined ? [] : ['replaced']), ...applied.notes]
  return { ...remember(compared, applied, context), notes }
}

/** `Force`: the very object that was seen is deleted, and created again once it is gone. */
async function recreated(compared: ComparedTarget, context: ApplyContext): Promise<AppliedTarget> {
  const { session, options } = context
  const { key } = compared.target
  const uid = compared.live?.uid
  if (uid !== undefined) {
    await session.cluster.delete(key, { uid, propagation: options.prunePropagation })
    await untilGone(key, uid, session)
  }
  const applied = await apply(compared, context)
  return { ...remember(compared, applied, context), notes: ['deleted and created again', ...applied.notes] }
}

async function untilGone(key: ResourceKey, uid: string, session: ClusterSession): Promise<void> {
  const end = performance.now() + GONE_WITHIN_MS
  while ((await session.cluster.get(key))?.metadata.uid === uid) {
    if (performance.now() > end) {
      throw new AppError(
        'UPSTREAM_CLUSTER',
        `${key.kind} "${key.name}" was deleted to be created again, and is still there: a finalizer holds it. It is tried again by itself.`,
        { retry: { afterSeconds: 5 } },
      )
    }
    await sleep(LOOK_EVERY_MS)
  }
}

/**
 * What an apply alone cannot do. An edited list key (a Service port): the items that collide in lists we own are removed
 * first. An object that a client-side apply owned: its fields become ours, once. Both guarded by the resourceVersion
 * that was judged.
 */
async function makeRoom(compared: ComparedTarget, context: ApplyContext): Promise<void> {
  const { session } = context
  const { key, manifest } = compared.target
  const form = session.forms.get(key)
  const fieldSet = session.forms.fieldSet(form?.fieldSet)
  const suspect = compared.live?.suspect
  if (suspect !== undefined && fieldSet !== undefined) {
    const repair = repairListKeys(manifest, suspect, fieldSet)
    if (repair.length > 0) await takeOver(compared, await session.cluster.patch(key, repair), context)
  } else if (compared.live !== undefined && fieldSet === undefined) {
    const live = await session.cluster.get(key)
    if (live !== undefined) await takeOver(compared, live, context)
  }
}

/** Who applies on the client side owns by what the last-applied annotation says, and takes nothing over. */
async function takeOver(
  { target: { key, manifest } }: ComparedTarget,
  live: Manifest,
  { session, options }: ApplyContext,
): Promise<void> {
  if (options.serverSideApply === false) return
  const fieldSet = session.forms.fieldSet(session.forms.get(key)?.fieldSet)
  const operations = takeOverFields(live, fieldSet, managersTakenOver(options, manifest))
  if (operations.length > 0) await session.cluster.patch(key, operations)
}

function remember(compared: ComparedTarget, applied: WrittenObject, context: ApplyContext): AppliedTarget {
  const { session, hmac, now } = context
  const form = formOf(applied, hmac)
  const newFieldSets = new Map<string, string>()
  if (form !== undefined && session.forms.learnFieldSet(form.id, form.set, now))
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
  const { created, warnings, notes } = applied
  return { managed, created, changed, warnings, notes, newFieldSets }
}

function formOf({ object, sent, clientSide }: WrittenObject, hmac: (text: string) => string) {
  const set = clientSide ? declaredFieldSet(sent) : ownFieldSet(object, FIELD_MANAGER)
  if (set === undefined) return undefined
  const text = fieldSetText(set)
  return { set, text, id: hmac(text).slice(0, 32), hash: hmac(projectedText(set, object)) }
}
