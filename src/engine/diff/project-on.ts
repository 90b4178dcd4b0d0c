import type { Manifest } from '../manifest/manifest.js'
import { isList, isRecord, valueAt } from '../manifest/read-json.js'
import { canonicalText } from './canonical-text.js'
import type { FieldSet, PathElement } from './field-set.js'

export { canonicalText }

/** Set by the server alone: never part of what was declared. */
export const SERVER_METADATA: readonly string[] = [
  'creationTimestamp',
  'deletionGracePeriodSeconds',
  'deletionTimestamp',
  'generation',
  'managedFields',
  'resourceVersion',
  'selfLink',
  'uid',
]

/**
 * The part of an object that a field set names, in canonical shape: absent fields are left out, leaves are taken
 * whole, items of list-maps and sets come in the order of the set whatever their order in the object. `status` and
 * the metadata that the server sets are never part of it. undefined when nothing of it is there.
 */
export function projectOn(set: FieldSet, object: Manifest): unknown {
  const wanted = declarable(set)
  return wanted.children.length === 0 ? undefined : projectValue(wanted, object)
}

/** canonicalText of projectOn: what is hashed as the applied form of an object. */
export function projectedText(set: FieldSet, object: Manifest): string {
  return canonicalText(projectOn(set, object))
}

/** The set without `status` and server metadata; `metadata` itself goes when nothing of it is left. */
export function declarable(set: FieldSet): FieldSet {
  const children = set.children.flatMap((child) => {
    if (child.element.kind !== 'field' || child.element.name === 'status') return []
    if (child.element.name !== 'metadata') return [child]
    const below = withoutServerFields(child.set)
    return below.children.length === 0 ? [] : [{ element: child.element, set: below }]
  })
  return { owned: set.owned, children }
}

/** The item that an element of a set names in a list or map; undefined when it is not there. */
export function itemAt(value: unknown, element: PathElement): unknown {
  switch (element.kind) {
    case 'field':
      return isRecord(value) ? valueAt(value, element.name) : undefined
    case 'index':
      return isList(value) ? value[element.index] : undefined
    case 'value':
      return isList(value) ? value.find((item) => sameValue(item, element.value)) : undefined
    case 'key':
      return isList(value) ? value.find((item) => matchesKey(item, element.match)) : undefined
  }
}

/**
 * Is this the item with these key fields? `protocol` may be left out where it is `TCP`: the one key field that
 * Kubernetes defaults.
 */
export function matchesKey(item: unknown, match: Readonly<Record<string, unknown>>): boolean {
  if (!isRecord(item)) return false
  return Object.keys(match).every((name) => {
    const found = valueAt(item, name) ?? (name === 'protocol' ? 'TCP' : undefined)
    return sameValue(found, match[name])
  })
}

/** projectOn for a value within an object. */
export function projectValue(set: FieldSet, value: unknown): unknown {
  if (value === undefined || set.children.length === 0) return value
  if (isList(value)) return projectList(set, value)
  if (!isRecord(value)) return value
  const projected: Record<string, unknown> = {}
  for (const { element, set: below } of set.children) {
    if (element.kind !== 'field') continue
    const found = projectValue(below, valueAt(value, element.name))
    if (found !== undefined) define(projected, element.name, found)
  }
  return projected
}

function projectList(set: FieldSet, value: readonly unknown[]): unknown {
  return set.children
    .map((child) => projectValue(child.set, itemAt(value, child.element)))
    .filter((item) => item !== undefined)
}

/** A field may be called `__proto__`; assignment would lose it. */
function define(target: Record<string, unknown>, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true })
}

function withoutServerFields(set: FieldSet): FieldSet {
  const children = set.children.filter(
    ({ element }) => element.kind !== 'field' || !SERVER_METADATA.includes(element.name),
  )
  return { owned: set.owned, children }
}

function sameValue(left: unknown, right: unknown): boolean {
  return left === right || canonicalText(left) === canonicalText(right)
}
