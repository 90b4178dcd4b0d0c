import { DEFAULT_APPLICATION_NAMESPACE } from '../application/application.js'
import type { Manifest } from './manifest.js'
import { annotationOf } from './read-json.js'
import { groupOf, type ResourceKey } from './resource-key.js'

/** The annotation that says which application owns an object (contract 1.3). */
export const TRACKING_ANNOTATION = 'argocd.argoproj.io/tracking-id'

/** Who an application is for people. */
export interface ApplicationName {
  readonly namespace: string
  readonly name: string
}

/** A tracking id, taken apart. `application` is the tracking name, with its `<namespace>_` prefix if it has one. */
export interface TrackingId {
  readonly application: string
  readonly key: ResourceKey
}

/** `<name>` in namespace `argocd`, else `<namespace>_<name>`: the first part of every tracking id. */
export function applicationTrackingName(application: ApplicationName): string {
  if (application.namespace === DEFAULT_APPLICATION_NAMESPACE) return application.name
  return `${application.namespace}_${application.name}`
}

/**
 * `<app>:<group>/<Kind>:<namespace>/<name>`, byte for byte what Argo CD writes (contract 1.3). A cluster-scoped
 * object (namespace `''`) carries the destination namespace of its application.
 */
export function trackingId(
  application: ApplicationName,
  key: ResourceKey,
  destinationNamespace: string,
): string {
  const namespace = key.namespace === '' ? destinationNamespace : key.namespace
  return `${applicationTrackingName(application)}:${key.group}/${key.kind}:${namespace}/${key.name}`
}

/** The inverse of trackingId; undefined for any other shape. Names may hold `:` (RBAC), never `/`. */
export function parseTrackingId(text: string): TrackingId | undefined {
  const first = text.indexOf(':')
  const second = text.indexOf(':', first + 1)
  if (first <= 0 || second < 0) return undefined
  const [group, kind, ...moreKind] = text.slice(first + 1, second).split('/')
  const [namespace, name, ...moreName] = text.slice(second + 1).split('/')
  if (group === undefined || !kind || moreKind.length > 0) return undefined
  if (namespace === undefined || !name || moreName.length > 0) return undefined
  return { application: text.slice(0, first), key: { group, kind, namespace, name } }
}

/**
 * The application that owns a live or declared object, by its tracking name. An id that names another object was
 * copied there by an operator or a person and counts as none.
 */
export function trackedBy(manifest: Manifest): { readonly application: string } | undefined {
  const text = annotationOf(manifest, TRACKING_ANNOTATION)
  const id = text === undefined ? undefined : parseTrackingId(text)
  if (id === undefined || !carries(manifest, id.key)) return undefined
  return { application: id.application }
}

function carries(manifest: Manifest, key: ResourceKey): boolean {
  const { name, namespace } = manifest.metadata
  if (key.name !== name || key.kind !== manifest.kind || key.group !== groupOf(manifest.apiVersion))
    return false
  return !namespace || key.namespace === namespace
}
