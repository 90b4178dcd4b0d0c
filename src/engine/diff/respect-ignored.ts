import type { Manifest } from '../manifest/manifest.js'
import { isList, isRecord, valueAt } from '../manifest/read-json.js'
import type { CompareRules } from './compare-rules.js'
import { parsePointer, type Path } from './difference.js'
import { FIELD_MANAGER, ownFieldSet, type FieldSet } from './field-set.js'
import { itemAt, projectValue } from './project-on.js'
import { ignoring } from './remove-ignored.js'

/** The declared object without what the rules ignore; its identity stays whatever they say. */
export function withoutIgnored(declared: Manifest, live: Manifest, rules: CompareRules): Manifest {
  const left = ignoring(rules, live)(declared)
  const body = isRecord(left) ? left : {}
  const { name, namespace } = declared.metadata
  const metadata = { ...(isRecord(body['metadata']) ? body['metadata'] : {}), name }
  return {
    ...body,
    apiVersion: declared.apiVersion,
    kind: declared.kind,
    metadata: namespace === undefined ? metadata : { ...metadata, namespace },
  }
}

/**
 * What a server-side apply sends with `RespectIgnoreDifferences=true` (contract 1.4): ignored fields are left out, and
 * with them the wish to change them. Those that we own already are sent as they are live instead: an apply that leaves
 * out a field which nobody else owns removes it.
 */
export function respectIgnored(declared: Manifest, live: Manifest, rules: CompareRules): Manifest {
  const owned = ownFieldSet(live, FIELD_MANAGER)
  const bare = withoutIgnored(declared, live, rules)
  if (owned === undefined) return bare
  const paths = rules.ignorePointers.map(parsePointer).filter((path) => path !== undefined)
  return paths.reduce<Manifest>((current, path) => {
    const [field, ...rest] = path
    const value = ownedAt(owned, live, path)
    if (field === undefined || value === undefined) return current
    return { ...current, [field]: withValue(current[field], rest, value) }
  }, bare)
}

/** The part of the value at a path that the set owns; undefined when it owns nothing of it. */
function ownedAt(set: FieldSet, value: unknown, path: Path): unknown {
  const [step, ...rest] = path
  if (step === undefined) return projectValue(set, value)
  const below = isList(value) ? value[Number(step)] : valueAt(value, step)
  if (below === undefined) return undefined
  if (set.children.length === 0) return ownedAt(set, below, rest)
  const child = set.children.find(({ element }) => itemAt(value, element) === below)
  return child === undefined ? undefined : ownedAt(child.set, below, rest)
}

/** A copy with a value at a path; maps on the way are made, items of lists have to be there. */
function withValue(value: unknown, path: Path, wanted: unknown): unknown {
  const [step, ...rest] = path
  if (step === undefined) return wanted
  if (isList(value)) {
    const index = Number(step)
    return index in value ? value.with(index, withValue(value[index], rest, wanted)) : value
  }
  const map = isRecord(value) ? value : {}
  return { ...map, [step]: withValue(valueAt(map, step), rest, wanted) }
}
