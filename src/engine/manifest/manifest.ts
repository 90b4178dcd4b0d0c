import { groupOf, type ResourceKey } from './resource-key.js'

export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject
export interface JsonObject {
  readonly [key: string]: JsonValue | undefined
}

export interface ObjectMeta {
  readonly name: string
  readonly namespace?: string
  readonly uid?: string
  readonly resourceVersion?: string
  readonly generation?: number
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
  readonly deletionTimestamp?: string
  readonly finalizers?: readonly string[]
  readonly ownerReferences?: readonly OwnerReference[]
  readonly managedFields?: readonly ManagedFieldsEntry[]
  readonly [key: string]: unknown
}

export interface OwnerReference {
  readonly apiVersion: string
  readonly kind: string
  readonly name: string
  readonly uid: string
  readonly controller?: boolean
}

/** One entry of `metadata.managedFields`; `fieldsV1` is a FieldsV1 tree. */
export interface ManagedFieldsEntry {
  readonly manager?: string
  readonly operation?: 'Apply' | 'Update'
  readonly apiVersion?: string
  readonly subresource?: string
  readonly time?: string
  readonly fieldsType?: 'FieldsV1'
  readonly fieldsV1?: JsonObject
}

/** A Kubernetes object as JSON, declared or live. Never mutated: change by copying. */
export interface Manifest {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: ObjectMeta
  readonly [key: string]: unknown
}

/** Where a declared object was read: for error messages and the UI. `line` counts from 1. */
export interface ManifestOrigin {
  readonly file: string
  readonly line: number
}

/** One object that a render produced, in render order. */
export interface RenderedManifest {
  readonly manifest: Manifest
  readonly origin: ManifestOrigin
  /** Not of the sources: an option of the application brings it. */
  readonly implied?: true
}

/** The identity of an object; a namespace that is absent counts as `''`. */
export function keyOf(manifest: Manifest): ResourceKey {
  return {
    group: groupOf(manifest.apiVersion),
    kind: manifest.kind,
    namespace: manifest.metadata.namespace ?? '',
    name: manifest.metadata.name,
  }
}
