import { setTimeout as sleep } from 'node:timers/promises'
import { AppError, reasonOf } from '../base/app-error.js'
import { isImmutableRefusal, type ApplyMode } from '../engine/sync/apply-mode.js'
import { FIELD_MANAGER, fieldSetText, ownFieldSet } from '../engine/diff/field-set.js'
import { repairListKeys } from '../engine/diff/find-port-collision.js'
import { takeOverFields } from '../engine/diff/take-over.js'
import { projectedText } from '../engine/diff/project-on.js'
import type { Manifest } from '../engine/manifest/manifest.js'
import type { ResourceKey } from '../engine/manifest/resource-key.js'
import type { Applied, Propagation } from '../kube/cluster.js'
import type { ManagedObject } from '../store/records.js'
import type { ClusterSession } from './cluster-session.js'
import type { ComparedTarget } from './comparison.js'

export interface ApplyContext {
  readonly session: ClusterSession
  readonly applicationId: string
  readonly hmac: (text: string) => string
  readonly validate: boolean
  /** Milliseconds since 1970. */
  readonly now: number
  readonly mode: ApplyMode
  /** `Force`: delete and create again what the server says cannot be changed. */
  readonly mayRecreate: boolean
  /** Of a deletion that makes room for a new object. */
  readonly propagation: Propagation
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
    await makeRoom(compared, context.session)
    return remember(compared, await apply(compared, context), context)
  } catch (error) {
    const wanted = context.mayRecreate && compared.live !== undefined
    if (!wanted || !isRefusedForGood(error)) throw error
    return recreated(compared, context)
  }
}

function apply({ target }: ComparedTarget, { session, validate }: ApplyContext): Promise<Applied> {
  const fieldValidation = validate ? 'Warn' : 'Ignore'
  return session.cluster.apply(target.manifest, { fieldManager: FIELD_MANAGER, fieldValidation })
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
  if (now !== undefined) await takeOver(key, now, session)
  const applied = await apply(compared, context)
  return { ...remember(compared, applied, context), notes: resourceVersion === undefined ? [] : ['replaced'] }
}

/** `Force`: the very object that was seen is deleted, and created again once it is gone. */
async function recreated(compared: ComparedTarget, context: ApplyContext): Promise<AppliedTarget> {
  const { session, propagation } = context
  const { key } = compared.target
  const uid = compared.live?.uid
  if (uid !== undefined) {
    await session.cluster.delete(key, { uid, propagation })
    await untilGone(key, uid, session)
  }
  const applied = await apply(compared, context)
  return { ...remember(compared, applied, context), notes: ['deleted and created again'] }
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
  const { session, hmac, now } = context
  const form = formOf(applied.object, hmac)
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
  return { managed, created: applied.created, changed, warnings: applied.warnings, notes: [], newFieldSets }
}

function formOf(object: Manifest, hmac: (text: string) => string) {
  const set = ownFieldSet(object, FIELD_MANAGER)
  if (set === undefined) return undefined
  const text = fieldSetText(set)
  return { set, text, id: hmac(text).slice(0, 32), hash: hmac(projectedText(set, object)) }
}
