import type { JsonObject, JsonValue } from '../../engine/manifest/manifest.js'

/** How a list is merged: by keys of its items, as a set of values, or as one value. */
export type ListShape = { readonly keys: readonly string[] } | 'set' | 'atomic'

const KEYS: Readonly<Record<string, readonly string[]>> = {
  containers: ['name'],
  initContainers: ['name'],
  volumes: ['name'],
  env: ['name'],
  imagePullSecrets: ['name'],
  volumeMounts: ['mountPath'],
  volumeDevices: ['devicePath'],
  conditions: ['type'],
  ownerReferences: ['uid'],
  hostAliases: ['ip'],
}

const ATOMIC_MAPS = new Set([
  ...['selector', 'labelSelector', 'namespaceSelector', 'podSelector', 'nodeSelector'],
  ...['fieldRef', 'resourceFieldRef', 'secretKeyRef', 'configMapKeyRef', 'roleRef'],
])

/** Maps that are one value: whoever sets them sets all of them. */
export function isAtomicMap(field: string): boolean {
  return ATOMIC_MAPS.has(field)
}

/** The well-known lists of built-in kinds, told by field name: near enough for a fake. */
export function listShape(field: string, items: readonly JsonValue[]): ListShape {
  if (field === 'finalizers') return 'set'
  if (field === 'ports' && items.every(isObject)) {
    const port = items.some((item) => isObject(item) && 'containerPort' in item) ? 'containerPort' : 'port'
    return { keys: [port, 'protocol'] }
  }
  const keys = KEYS[field]
  return keys !== undefined && items.every(isObject) ? { keys } : 'atomic'
}

/** The path element of a keyed item, e.g. `k:{"name":"web"}`; a missing protocol is TCP, as the server defaults it. */
export function itemKey(item: JsonObject, keys: readonly string[]): string {
  const pairs = keys.map((key) => [key, item[key] ?? (key === 'protocol' ? 'TCP' : null)] as const)
  return `k:${JSON.stringify(Object.fromEntries(pairs))}`
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
