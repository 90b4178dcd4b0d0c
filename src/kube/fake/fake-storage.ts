import { isDeepStrictEqual } from 'node:util'
import { keyOf, type Manifest } from '../../engine/manifest/manifest.js'
import {
  groupKindText,
  resourceKeyText,
  type GroupKind,
  type ResourceKey,
} from '../../engine/manifest/resource-key.js'
import type { Propagation, WatchListener } from '../cluster.js'

/** The objects of a fake cluster: versions, generations, finalizers, owners and watchers as an API server has them. */
export class FakeStorage {
  private readonly objects = new Map<string, Manifest>()
  private readonly watchers = new Map<string, Set<WatchListener>>()
  private version = 1000
  private uids = 0

  get(key: ResourceKey): Manifest | undefined {
    return this.objects.get(resourceKeyText(key))
  }

  list(kind: GroupKind, namespaces: readonly string[] | undefined): Manifest[] {
    return [...this.objects.values()].filter((object) => {
      const key = keyOf(object)
      const inside = namespaces === undefined || key.namespace === '' || namespaces.includes(key.namespace)
      return key.group === kind.group && key.kind === kind.kind && inside
    })
  }

  /** What storing would give: identity and generation filled in, version still that of the live object. */
  prepare(next: Manifest, time: string): Manifest {
    const live = this.get(keyOf(next))
    const identity = live === undefined ? this.newIdentity(time) : identityOf(live)
    const grown = live !== undefined && !isDeepStrictEqual(bodyOf(live), bodyOf(next)) ? 1 : 0
    const metadata = { ...next.metadata, ...identity, generation: identity.generation + grown }
    return { ...next, metadata }
  }

  /** Stores a prepared object; a write that changes nothing keeps its version and is no event. */
  store(prepared: Manifest): Manifest {
    const key = keyOf(prepared)
    const live = this.get(key)
    if (live !== undefined && isDeepStrictEqual(timeless(live), timeless(prepared))) return live
    if (live === undefined) this.uids += 1
    const stored = this.stamp(prepared)
    if (stored.metadata.deletionTimestamp !== undefined && (stored.metadata.finalizers ?? []).length === 0) {
      this.drop(key, 'background')
      return stored
    }
    this.objects.set(resourceKeyText(key), stored)
    this.emit(key, (listener) => listener.event({ type: 'changed', object: stored }))
    return stored
  }

  /** Deletes, or marks for deletion what has finalizers. */
  remove(key: ResourceKey, propagation: Propagation, time: string): void {
    const live = this.get(key)
    if (live === undefined) return
    if ((live.metadata.finalizers ?? []).length === 0) this.drop(key, propagation)
    else this.store({ ...live, metadata: { ...live.metadata, deletionTimestamp: time } })
  }

  watch(kind: GroupKind, listener: WatchListener): () => void {
    const text = groupKindText(kind)
    const listeners = this.watchers.get(text) ?? new Set()
    this.watchers.set(text, listeners.add(listener))
    return () => listeners.delete(listener)
  }

  emit(kind: GroupKind, tell: (listener: WatchListener) => void): void {
    for (const listener of this.watchers.get(groupKindText(kind)) ?? []) tell(listener)
  }

  private newIdentity(creationTimestamp: string): ReturnType<typeof identityOf> {
    const uid = `00000000-0000-4000-8000-${String(this.uids + 1).padStart(12, '0')}`
    return { uid, resourceVersion: String(this.version), generation: 1, creationTimestamp }
  }

  private drop(key: ResourceKey, propagation: Propagation): void {
    const live = this.get(key)
    if (live === undefined) return
    this.objects.delete(resourceKeyText(key))
    const last = this.stamp(live)
    this.emit(key, (listener) => listener.event({ type: 'deleted', object: last }))
    if (propagation === 'orphan') return
    const owned = [...this.objects.values()].filter((object) =>
      object.metadata.ownerReferences?.some((owner) => owner.uid === live.metadata.uid),
    )
    for (const object of owned) this.drop(keyOf(object), propagation)
  }

  private stamp(object: Manifest): Manifest {
    this.version += 1
    return { ...object, metadata: { ...object.metadata, resourceVersion: String(this.version) } }
  }
}

function identityOf({ metadata }: Manifest) {
  const { uid = '', resourceVersion = '', generation = 1, creationTimestamp } = metadata
  return { uid, resourceVersion, generation, creationTimestamp }
}

/** What a generation counts: everything but metadata and status. */
function bodyOf(object: Manifest): object {
  return { ...object, metadata: undefined, status: undefined }
}

/** An object without the times of its managed fields, which alone are no change. */
function timeless(object: Manifest): object {
  const managedFields = object.metadata.managedFields?.map((entry) => ({ ...entry, time: undefined }))
  return { ...object, metadata: { ...object.metadata, managedFields } }
}
