import type { JsonObject, JsonValue } from '../manifest/manifest.js'

/** A patch that cannot be applied; `message` says which step and why. */
export class PatchRefusal extends Error {}

interface Step {
  readonly op: string
  readonly path: readonly string[]
  readonly from: readonly string[]
  readonly value: JsonValue | undefined
}

type Operation = (document: JsonValue, step: Step) => JsonValue

const MAX_STEPS = 1000
/** Of what steps make by copying: a value copied into itself doubles with every step. */
const MAX_VALUES = 20_000
const MAX_CHARACTERS = 1_000_000

/**
 * Applies a JSON patch (RFC 6902) to a copy; throws PatchRefusal. All steps hold, or none does.
 *
 * Of its own, since what comes here was written by anybody: the library for it (rfc6902 5.4) changes the document in
 * place, walks through inherited properties, skips path parts as `constructor`, and compares lists in quadratic time.
 */
export function applyJsonPatch(document: JsonValue, patch: unknown): JsonValue {
  if (!Array.isArray(patch))
    throw new PatchRefusal('a JSON patch is a list of steps, like [{"op": "replace", …}]')
  if (patch.length > MAX_STEPS) throw new PatchRefusal(`a JSON patch has at most ${MAX_STEPS} steps`)
  return patch.reduce<JsonValue>((current, raw: unknown, index) => {
    try {
      const step = readStep(raw)
      return operationOf(step.op)(current, step)
    } catch (error) {
      if (!(error instanceof PatchRefusal)) throw error
      throw new PatchRefusal(`step ${index + 1} of the patch: ${error.message}`)
    }
  }, document)
}

/** Applies a merge patch (RFC 7386) to a copy: `null` removes a field, lists are replaced as a whole. */
export function applyMergePatch(document: JsonValue | undefined, patch: JsonValue): JsonValue {
  if (!isMap(patch)) return patch
  const merged = new Map(Object.entries(isMap(document) ? document : {}))
  for (const [name, value] of Object.entries(patch)) {
    if (value === null || value === undefined) merged.delete(name)
    else merged.set(name, applyMergePatch(merged.get(name), value))
  }
  return Object.fromEntries(merged)
}

function operationOf(name: string): Operation {
  const operation = OPERATIONS.get(name)
  if (operation !== undefined) return operation
  throw new PatchRefusal(`"${name}" is no operation; known: ${[...OPERATIONS.keys()].join(', ')}`)
}

const OPERATIONS: ReadonlyMap<string, Operation> = new Map<string, Operation>([
  ['add', (document, step) => added(document, step.path, given(step))],
  ['remove', (document, step) => removed(document, step.path)],
  ['replace', (document, step) => added(removedForGood(document, step), step.path, given(step))],
  ['move', moved],
  ['copy', copied],
  [
    'test',
    (document, step) => {
      if (canonical(valueAt(document, step.path)) === canonical(given(step))) return document
      throw new PatchRefusal(`the test failed: ${pointer(step.path)} has another value`)
    },
  ],
])

/** Replacing the whole document needs nothing removed. */
function removedForGood(document: JsonValue, { path }: Step): JsonValue {
  return path.length === 0 ? document : removed(document, path)
}

function moved(document: JsonValue, { from, path }: Step): JsonValue {
  if (path.length > from.length && from.every((part, at) => part === path[at]))
    throw new PatchRefusal('a value cannot be moved into itself')
  return added(removed(document, from), path, valueAt(document, from))
}

function copied(document: JsonValue, { from, path }: Step): JsonValue {
  const copy = added(document, path, valueAt(document, from))
  if (isTooLarge(copy)) throw new PatchRefusal('the document would become too large')
  return copy
}

/** Copies share their parts, so the size of the whole is found by walking, and the walk ends at the limit. */
function isTooLarge(document: JsonValue): boolean {
  const left: JsonValue[] = [document]
  let values = 0
  let characters = 0
  for (let value = left.pop(); value !== undefined; value = left.pop()) {
    values += 1
    if (typeof value === 'string') characters += value.length
    if (values + left.length > MAX_VALUES || characters > MAX_CHARACTERS) return true
    if (isList(value)) left.push(...value)
    else if (isMap(value)) left.push(...Object.values(value).filter((inner) => inner !== undefined))
  }
  return false
}

function given({ value }: Step): JsonValue {
  if (value === undefined) throw new PatchRefusal('"value" is missing')
  return value
}

function valueAt(document: JsonValue, path: readonly string[]): JsonValue {
  return path.reduce<JsonValue>((current, part, at) => {
    const child = childOf(current, part)
    if (child === undefined) throw new PatchRefusal(`${pointer(path.slice(0, at + 1))} does not exist`)
    return child
  }, document)
}

function childOf(parent: JsonValue, part: string): JsonValue | undefined {
  if (isList(parent)) return isIndex(part) ? parent[Number(part)] : undefined
  return isMap(parent) && Object.hasOwn(parent, part) ? parent[part] : undefined
}

/** In a list it makes room; in a map it takes the place of what was there. */
function added(document: JsonValue, path: readonly string[], value: JsonValue): JsonValue {
  if (path.length === 0) return value
  return changed(document, path, (parent, last) => {
    if (isMap(parent)) return Object.fromEntries([...Object.entries(parent), [last, value]])
    if (!isList(parent)) throw absent(path)
    const index = last === '-' ? parent.length : Number(last)
    if ((last !== '-' && !isIndex(last)) || index > parent.length) throw absent(path)
    return [...parent.slice(0, index), value, ...parent.slice(index)]
  })
}

function removed(document: JsonValue, path: readonly string[]): JsonValue {
  if (path.length === 0) throw new PatchRefusal('the whole document cannot be removed')
  return changed(document, path, (parent, last) => {
    if (childOf(parent, last) === undefined) throw absent(path)
    if (isList(parent)) return parent.filter((_one, index) => index !== Number(last))
    return Object.fromEntries(Object.entries(parent ?? {}).filter(([name]) => name !== last))
  })
}

type ParentChange = (parent: JsonValue, last: string) => JsonValue

/** The document with the parent of `path` changed; all on the way to it is copied. */
function changed(document: JsonValue, path: readonly string[], change: ParentChange): JsonValue {
  const [part = '', ...rest] = path
  if (rest.length === 0) return change(document, part)
  const child = childOf(document, part)
  if (child === undefined) throw absent(path.slice(0, 1))
  const next = changed(child, rest, change)
  if (isList(document)) return document.map((one, index) => (index === Number(part) ? next : one))
  return Object.fromEntries([...Object.entries(document ?? {}), [part, next]])
}

function absent(path: readonly string[]): PatchRefusal {
  return new PatchRefusal(`${pointer(path)} does not exist`)
}

function readStep(raw: unknown): Step {
  if (!isMap(raw)) throw new PatchRefusal('it must be a map with "op" and "path"')
  const { op, path, from, value } = raw
  if (typeof op !== 'string') throw new PatchRefusal('"op" is missing')
  const needsFrom = op === 'move' || op === 'copy'
  return { op, path: parts(path, 'path'), from: needsFrom ? parts(from, 'from') : [], value }
}

function parts(text: unknown, field: string): readonly string[] {
  if (typeof text !== 'string' || (text !== '' && !text.startsWith('/')))
    throw new PatchRefusal(`"${field}" must begin with "/", like "/spec/project"`)
  return text
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
}

function pointer(path: readonly string[]): string {
  return `"/${path.map((part) => part.replaceAll('~', '~0').replaceAll('/', '~1')).join('/')}"`
}

function isIndex(part: string): boolean {
  return /^(0|[1-9]\d*)$/.test(part)
}

function isList(value: unknown): value is readonly JsonValue[] {
  return Array.isArray(value)
}

function isMap(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Equal for equal values, whatever the order of keys. */
function canonical(value: JsonValue): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    isMap(inner) ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner,
  )
}
