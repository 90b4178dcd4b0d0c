import type { JsonObject, Manifest } from '../manifest/manifest.js'
import { isRecord } from '../manifest/read-json.js'
import { canonicalText } from './canonical-text.js'

/** One step into a value as FieldsV1 writes it: `f:name`, `k:{…}`, `v:…`, `i:0`. */
export type PathElement =
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'key'; readonly match: Readonly<Record<string, unknown>> }
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'index'; readonly index: number }

/**
 * The fields that one manager owns (FieldsV1, structured-merge-diff v6), immutable, children in canonical order.
 * `owned`: the element itself is in the set (`.`), or it is a leaf, which stands for all that is below.
 */
export interface FieldSet {
  readonly owned: boolean
  readonly children: readonly FieldChild[]
}

export interface FieldChild {
  readonly element: PathElement
  readonly set: FieldSet
}

/**
 * Version of what projectOn makes of a set. Part of the stored text: after a change here, stored sets no longer parse
 * and the next comparison asks the server instead of trusting an old hash.
 */
export const PROJECTION_VERSION = 1

/** The field manager of every apply (design.md 5): people's objects already carry it from Argo CD. */
export const FIELD_MANAGER = 'argocd-controller'

/** Deeper sets than this do not come from an API server. */
const MAX_DEPTH = 100

/** Parses FieldsV1; undefined when it has another shape. */
export function parseFieldSet(fields: unknown): FieldSet | undefined {
  return isRecord(fields) ? parseNode(fields, 0) : undefined
}

/**
 * What `manager` owns of a live object by server-side apply (operation Apply, no subresource), as its managedFields
 * say; undefined when it never applied.
 */
export function ownFieldSet(live: Manifest, manager: string): FieldSet | undefined {
  const entry = live.metadata.managedFields?.find(
    (candidate) => candidate.manager === manager && candidate.operation === 'Apply' && !candidate.subresource,
  )
  return parseFieldSet(entry?.fieldsV1)
}

/** Canonical text for interning: equal sets give equal texts. Parse with parseFieldSetText. */
export function fieldSetText(set: FieldSet): string {
  return `${PROJECTION_VERSION}:${canonicalText(fieldsOf(set))}`
}

/** The inverse of fieldSetText; undefined for another projection version or a damaged text. */
export function parseFieldSetText(text: string): FieldSet | undefined {
  const prefix = `${PROJECTION_VERSION}:`
  return text.startsWith(prefix) ? parseFieldSet(parseJson(text.slice(prefix.length))) : undefined
}

/** The element as FieldsV1 writes it, keys sorted. */
export function elementText(element: PathElement): string {
  switch (element.kind) {
    case 'field':
      return `f:${element.name}`
    case 'key':
      return `k:${canonicalText(element.match)}`
    case 'value':
      return `v:${canonicalText(element.value)}`
    case 'index':
      return `i:${element.index}`
  }
}

function parseNode(fields: Readonly<Record<string, unknown>>, depth: number): FieldSet | undefined {
  if (depth > MAX_DEPTH) return undefined
  const children: FieldChild[] = []
  const names = Object.keys(fields)
  for (const name of names) {
    if (name === '.') continue
    const child = parseChild(name, fields[name], depth)
    if (child === undefined) return undefined
    children.push(child)
  }
  children.sort(byElement)
  return { owned: children.length === 0 || names.includes('.'), children }
}

function parseChild(name: string, below: unknown, depth: number): FieldChild | undefined {
  const element = parseElement(name)
  const set = isRecord(below) ? parseNode(below, depth + 1) : undefined
  return element === undefined || set === undefined ? undefined : { element, set }
}

function parseElement(text: string): PathElement | undefined {
  const rest = text.slice(2)
  switch (text.slice(0, 2)) {
    case 'f:':
      return { kind: 'field', name: rest }
    case 'k:':
      return keyElement(parseJson(rest))
    case 'v:':
      return valueElement(parseJson(rest))
    case 'i:':
      return /^\d{1,9}$/.test(rest) ? { kind: 'index', index: Number(rest) } : undefined
    default:
      return undefined
  }
}

function keyElement(match: unknown): PathElement | undefined {
  return isRecord(match) ? { kind: 'key', match } : undefined
}

function valueElement(value: unknown): PathElement | undefined {
  return value === undefined ? undefined : { kind: 'value', value }
}

function byElement(left: FieldChild, right: FieldChild): number {
  const [a, b] = [elementText(left.element), elementText(right.element)]
  return a < b ? -1 : a > b ? 1 : 0
}

/** The set as FieldsV1, the inverse of parseFieldSet. */
export function fieldsOf(set: FieldSet): JsonObject {
  const fields: Record<string, JsonObject> = {}
  if (set.owned && set.children.length > 0) fields['.'] = {}
  for (const child of set.children) fields[elementText(child.element)] = fieldsOf(child.set)
  return fields
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
