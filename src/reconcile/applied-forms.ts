import type { ManagedObject } from '../store/records.js'
import { parseFieldSetText, type FieldSet } from '../engine/diff/field-set.js'
import { groupKindText, resourceKeyText, type ResourceKey } from '../engine/manifest/resource-key.js'

/** The collector deletes what nothing refers to for days; what is in use here is stored again before that. */
const STORED_FOR_MS = 43_200_000

/**
 * The inventory of one cluster in memory: which objects are ours, in which form they were applied last. Rows in the
 * store are the truth; this is loaded from them at start and written through.
 */
export class AppliedForms {
  readonly #byKey = new Map<string, ManagedObject>()
  readonly #byApplication = new Map<string, Map<string, ManagedObject>>()
  readonly #fieldSets = new Map<string, FieldSet>()
  /** Field set id → when it was stored last, milliseconds since 1970. */
  readonly #storedAt = new Map<string, number>()

  get(key: ResourceKey): ManagedObject | undefined {
    return this.#byKey.get(resourceKeyText(key))
  }

  ofApplication(applicationId: string): readonly ManagedObject[] {
    return [...(this.#byApplication.get(applicationId)?.values() ?? [])]
  }

  all(): Iterable<ManagedObject> {
    return this.#byKey.values()
  }

  /** Applications that have objects of this kind (`groupKindText`). */
  applicationsWith(kind: string): ReadonlySet<string> {
    const ids = new Set<string>()
    for (const object of this.all()) if (groupKindText(object) === kind) ids.add(object.applicationId)
    return ids
  }

  /** An object belongs to the application that claimed it first; a later claim does not replace it. */
  set(object: ManagedObject): void {
    const text = resourceKeyText(object)
    this.#byKey.set(text, object)
    const own = this.#byApplication.get(object.applicationId) ?? new Map<string, ManagedObject>()
    own.set(text, object)
    this.#byApplication.set(object.applicationId, own)
  }

  remove(object: ManagedObject): void {
    const text = resourceKeyText(object)
    if (this.#byKey.get(text)?.applicationId === object.applicationId) this.#byKey.delete(text)
    this.#byApplication.get(object.applicationId)?.delete(text)
  }

  forget(applicationId: string): void {
    for (const object of this.ofApplication(applicationId)) this.remove(object)
    this.#byApplication.delete(applicationId)
  }

  fieldSet(id: string | undefined): FieldSet | undefined {
    return id === undefined ? undefined : this.#fieldSets.get(id)
  }

  /** Remembers a field set under its id; true when it must be stored, for the first time or again. */
  learnFieldSet(id: string, set: FieldSet, now: number): boolean {
    if (now - (this.#storedAt.get(id) ?? -Infinity) < STORED_FOR_MS) return false
    this.#fieldSets.set(id, set)
    this.#storedAt.set(id, now)
    return true
  }

  learnFieldSetTexts(texts: ReadonlyMap<string, string>): void {
    for (const [id, text] of texts) {
      const set = parseFieldSetText(text)
      if (set !== undefined) this.#fieldSets.set(id, set)
    }
  }
}
