import { isDeepStrictEqual } from 'node:util'
import type { JsonObject, JsonValue } from '../../engine/manifest/manifest.js'
import { isAtomicMap, isObject, itemKey, listShape } from './list-keys.js'

/** A FieldsV1 tree: `f:name`, `k:{…}`, `v:…` and `.`; an empty object is a leaf. */
export type Fields = JsonObject

/** The children of a value by path element; undefined for a leaf (scalar, empty map, atomic list). */
export function childrenOf(field: string, value: JsonValue | undefined): Map<string, JsonValue> | undefined {
  if (isObject(value)) {
    if (isAtomicMap(field)) return undefined
    const entries = Object.entries(value).filter(([, child]) => child !== undefined) as Array<
      [string, JsonValue]
    >
    return entries.length === 0 ? undefined : new Map(entries.map(([name, child]) => [`f:${name}`, child]))
  }
  if (!Array.isArray(value)) return undefined
  const items = value as readonly JsonValue[]
  const shape = listShape(field, items)
  if (shape === 'atomic' || items.length === 0) return undefined
  if (shape === 'set') return new Map(items.map((item) => [`v:${JSON.stringify(item)}`, item]))
  return new Map(items.filter(isObject).map((item) => [itemKey(item, shape.keys), item]))
}

/** The field name a path element stands for, by which lists beneath it are told apart. */
function nameOf(element: string): string {
  return element.startsWith('f:') ? element.slice(2) : ''
}

/** All fields of a value. */
export function fieldsOf(value: JsonValue | undefined, field = ''): Fields {
  const children = childrenOf(field, value)
  if (children === undefined) return {}
  return Object.fromEntries(
    [...children].map(([element, child]) => {
      const below = fieldsOf(child, nameOf(element))
      return [element, element.startsWith('k:') ? { '.': {}, ...below } : below]
    }),
  )
}

/** The fields of `after` whose value is not that of `before`. */
export function changedFields(
  before: JsonValue | undefined,
  after: JsonValue | undefined,
  field = '',
): Fields | undefined {
  if (isDeepStrictEqual(before, after)) return undefined
  const [old, now] = [childrenOf(field, before), childrenOf(field, after)]
  if (old === undefined || now === undefined) return fieldsOf(after, field)
  const changed = [...now].flatMap(([element, child]) => {
    if (!old.has(element)) {
      const all = fieldsOf(child, nameOf(element))
      return [[element, element.startsWith('k:') ? { '.': {}, ...all } : all] as const]
    }
    const below = changedFields(old.get(element), child, nameOf(element))
    return below === undefined ? [] : [[element, below] as const]
  })
  return changed.length === 0 ? undefined : Object.fromEntries(changed)
}

/** `fields` without the leaves of `minus`; undefined when nothing is left. */
export function withoutFields(fields: Fields, minus: Fields): Fields | undefined {
  const left = Object.entries(fields).flatMap(([element, below]) => {
    const other = minus[element]
    if (!isObject(below) || !isObject(other)) return [[element, below] as const]
    if (Object.keys(below).length === 0 || Object.keys(other).length === 0) return []
    const rest = withoutFields(below, other)
    return rest === undefined ? [] : [[element, rest] as const]
  })
  return left.length === 0 ? undefined : Object.fromEntries(left)
}

export function unionFields(a: Fields, b: Fields): Fields {
  const result: Record<string, JsonValue | undefined> = { ...a }
  for (const [element, below] of Object.entries(b)) {
    const other = result[element]
    result[element] = isObject(other) && isObject(below) ? unionFields(other, below) : below
  }
  return result
}

/** `value` without the given fields; items and maps that become empty by it go too. */
export function removeFields(value: JsonValue, fields: Fields, field = ''): JsonValue | undefined {
  if (Object.keys(fields).length === 0 || '.' in fields) return undefined
  const children = childrenOf(field, value)
  if (children === undefined) return value
  const left = [...children].flatMap(([element, child]) => {
    const below = fields[element]
    const rest = isObject(below) ? removeFields(child, below, nameOf(element)) : child
    return rest === undefined ? [] : [[element, rest] as const]
  })
  if (left.length === 0) return undefined
  if (Array.isArray(value)) return left.map(([, child]) => child)
  return Object.fromEntries(left.map(([element, child]) => [nameOf(element), child]))
}

/** `desired` laid over `live`: maps and keyed lists merge, everything else is replaced. */
export function mergeValue(live: JsonValue | undefined, desired: JsonValue, field = ''): JsonValue {
  const [old, wanted] = [childrenOf(field, live), childrenOf(field, desired)]
  if (old === undefined || wanted === undefined) {
    const keepsLive = isObject(live) && isObject(desired) && !isAtomicMap(field)
    return keepsLive ? live : desired
  }
  const merged = new Map(old)
  for (const [element, child] of wanted)
    merged.set(element, mergeValue(old.get(element), child, nameOf(element)))
  if (Array.isArray(desired)) return [...merged.values()]
  return Object.fromEntries([...merged].map(([element, child]) => [nameOf(element), child]))
}
