import { assessHealth } from '../engine/health/assess-health.js'
import type { Health } from '../engine/health/health.js'
import { projectedText } from '../engine/diff/project-on.js'
import { keyOf, type Manifest } from '../engine/manifest/manifest.js'
import {
  groupKindText,
  parseResourceKey,
  resourceKeyText,
  type GroupKind,
  type ResourceKey,
} from '../engine/manifest/resource-key.js'
import { trackedBy } from '../engine/manifest/tracking.js'
import type { AppliedForms } from './applied-forms.js'

/** What is kept of a live object: a few hundred bytes, never the object itself (except while it is a suspect). */
export interface LiveRecord {
  readonly key: ResourceKey
  readonly uid: string
  readonly resourceVersion: string
  /** Tracking name of the application that the object says it belongs to. */
  readonly application?: string
  readonly health?: Health
  readonly deleting: boolean
  /** Annotations that decide over pruning and deletion, when the object is tracked and has any. */
  readonly annotations?: Readonly<Record<string, string>>
  /** The live object, when its projection on our applied form differs from what we applied. */
  readonly suspect?: Manifest
}

export interface LiveIndexDeps {
  readonly forms: AppliedForms
  readonly hmac: (text: string) => string
  /** An application whose object drifted, changed health, appeared or vanished. */
  readonly onChange: (change: { readonly applicationId?: string; readonly application?: string }) => void
}

/** All watched objects of one cluster as slim records, fed by reflectors. */
export class LiveIndex {
  readonly #deps: LiveIndexDeps
  readonly #kinds = new Map<string, Map<string, LiveRecord>>()
  /** Objects that an operation is writing right now, with what the watch told meanwhile: echoes ring no doorbell. */
  readonly #inFlight = new Map<string, Manifest[]>()

  constructor(deps: LiveIndexDeps) {
    this.#deps = deps
  }

  get(key: ResourceKey): LiveRecord | undefined {
    return this.#kinds.get(groupKindText(key))?.get(resourceKeyText(key))
  }

  /** By `resourceKeyText`. */
  byText(text: string): LiveRecord | undefined {
    const key = parseResourceKey(text)
    return key === undefined ? undefined : this.get(key)
  }

  /** The server accepted the deletion: until the watch says more, it counts as going. */
  deleting(key: ResourceKey): void {
    const record = this.get(key)
    if (record !== undefined) this.#ofKind(key).set(resourceKeyText(key), { ...record, deleting: true })
  }

  replaced(kind: GroupKind, objects: readonly Manifest[]): void {
    const before = this.#kinds.get(groupKindText(kind))
    const after = new Map<string, LiveRecord>()
    this.#kinds.set(groupKindText(kind), after)
    for (const object of objects) {
      const record = this.#record(object)
      after.set(resourceKeyText(record.key), record)
      this.#inFlight.get(resourceKeyText(record.key))?.push(object)
      const old = before?.get(resourceKeyText(record.key))
      if (isNews(old, record)) this.#tell(record)
    }
    for (const [text, record] of before ?? []) if (!after.has(text)) this.#tell(record)
  }

  changed(object: Manifest): void {
    const record = this.#record(object)
    const records = this.#ofKind(record.key)
    const text = resourceKeyText(record.key)
    const old = records.get(text)
    records.set(text, record)
    this.#inFlight.get(text)?.push(object)
    if (isNews(old, record)) this.#tell(record)
  }

  deleted(object: Manifest): void {
    const key = keyOf(object)
    const records = this.#ofKind(key)
    const old = records.get(resourceKeyText(key))
    records.delete(resourceKeyText(key))
    if (old !== undefined) this.#tell(old)
  }

  /**
   * The answer of an apply, judged on the form just stored. Somebody may have changed the object right after us, and the watch may have
   * told it before we heard our answer: then that stands and is news.
   */
  applied(object: Manifest): void {
    const record = this.#record(object)
    const text = resourceKeyText(record.key)
    const last = this.#inFlight.get(text)?.at(-1)
    if (last === undefined || !isNewer(last, object)) {
      this.#ofKind(record.key).set(text, record)
      return
    }
    const newer = this.#record(last)
    this.#ofKind(record.key).set(text, newer)
    this.#ring(newer)
  }

  /** Marks objects as being written; the function returned ends it. */
  writing(keys: readonly ResourceKey[]): () => void {
    const texts = keys.map(resourceKeyText)
    for (const text of texts) this.#inFlight.set(text, [])
    return () => {
      for (const text of texts) this.#inFlight.delete(text)
    }
  }

  /** A suspect was found equal after all (dry-run): forget the doubt until the next event. */
  acquit(key: ResourceKey): void {
    const record = this.get(key)
    if (record?.suspect === undefined) return
    const { suspect: _suspect, ...rest } = record
    this.#ofKind(key).set(resourceKeyText(key), rest)
  }

  #ofKind(kind: GroupKind): Map<string, LiveRecord> {
    const text = groupKindText(kind)
    const known = this.#kinds.get(text)
    if (known !== undefined) return known
    const fresh = new Map<string, LiveRecord>()
    this.#kinds.set(text, fresh)
    return fresh
  }

  #record(object: Manifest): LiveRecord {
    const key = keyOf(object)
    const application = trackedBy(object)?.application
    const health = application === undefined ? undefined : assessHealth(object)
    return {
      key,
      uid: object.metadata.uid ?? '',
      resourceVersion: object.metadata.resourceVersion ?? '',
      deleting: object.metadata.deletionTimestamp !== undefined,
      ...(application === undefined ? {} : { application, ...decisive(object) }),
      ...(health === undefined ? {} : { health }),
      ...(this.#isSuspect(key, object) ? { suspect: object } : {}),
    }
  }

  #isSuspect(key: ResourceKey, object: Manifest): boolean {
    const form = this.#deps.forms.get(key)
    const set = this.#deps.forms.fieldSet(form?.fieldSet)
    if (set === undefined || form?.appliedHash === undefined) return false
    return this.#deps.hmac(projectedText(set, object)) !== form.appliedHash
  }

  #tell(record: LiveRecord): void {
    if (!this.#inFlight.has(resourceKeyText(record.key))) this.#ring(record)
  }

  #ring(record: LiveRecord): void {
    const form = this.#deps.forms.get(record.key)
    if (form === undefined && record.application === undefined) return
    this.#deps.onChange({
      ...(form === undefined ? {} : { applicationId: form.applicationId }),
      ...(record.application === undefined ? {} : { application: record.application }),
    })
  }
}

/** Versions of one object grow. Where they are no numbers, the watch is believed: what is newer it is yet to tell. */
function isNewer(told: Manifest, answered: Manifest): boolean {
  const [one = '', other = ''] = [told.metadata.resourceVersion, answered.metadata.resourceVersion]
  const areNumbers = [one, other].every((version) => /^\d+$/.test(version))
  return areNumbers ? BigInt(one) > BigInt(other) : one !== other
}

const DECISIVE = ['sync-options', 'sync-wave', 'compare-options', 'ignore-healthcheck'].map(
  (name) => `argocd.argoproj.io/${name}`,
)

function decisive(object: Manifest): Pick<LiveRecord, 'annotations'> {
  const annotations = object.metadata.annotations ?? {}
  const found = DECISIVE.flatMap((name) => {
    const value = annotations[name]
    return value === undefined ? [] : [[name, value] as const]
  })
  return found.length === 0 ? {} : { annotations: Object.fromEntries(found) }
}

/** Does the change matter to an application? A new resourceVersion alone does not. */
function isNews(old: LiveRecord | undefined, now: LiveRecord): boolean {
  if (old === undefined || now.suspect !== undefined || old.suspect !== undefined) return true
  return old.uid !== now.uid || factsOf(old) !== factsOf(now)
}

function factsOf({ deleting, application, health }: LiveRecord): string {
  return JSON.stringify([deleting, application, health])
}
