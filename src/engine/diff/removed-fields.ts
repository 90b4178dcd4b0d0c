import { isAbsent, isList, isRecord, valueAt } from '../manifest/read-json.js'
import { difference, type Difference, type Path } from './difference.js'
import type { FieldChild, FieldSet } from './field-set.js'
import { indexBy, pairingOf } from './merge-keys.js'
import { itemAt } from './project-on.js'

export interface RemovalSides {
  /** What was declared before. */
  readonly former: unknown
  readonly desired: unknown
  readonly live: unknown
}

/**
 * Fields that were declared before, are declared no more and are still live: the third side of the three-way
 * comparison (contract 1.2). Each appears once, at the highest field that is no longer declared.
 */
export function removedFields(sides: RemovalSides, path: Path = []): readonly Difference[] {
  const { former, desired, live } = sides
  if (isAbsent(former) || isAbsent(live)) return []
  if (isAbsent(desired)) return removedWhole(sides, path)
  const all = [former, desired, live]
  if (all.every(isList)) return removedItems(sides, path)
  if (!isRecord(former) || !all.every(isRecord)) return []
  return Object.keys(former).flatMap((name) =>
    removedFields({ former: former[name], desired: valueAt(desired, name), live: valueAt(live, name) }, [
      ...path,
      name,
    ]),
  )
}

/**
 * The same for objects that were applied on the server side: fields that a field set owns, that are declared no more
 * and are still live.
 */
export function undeclaredFields(
  set: FieldSet,
  sides: Omit<RemovalSides, 'former'>,
  path: Path = [],
): readonly Difference[] {
  const { desired, live } = sides
  if (isAbsent(live)) return []
  if (set.children.length === 0) return desired === undefined ? [difference(path, undefined, live)] : []
  return set.children.flatMap((child) => undeclaredChild(child, sides, path))
}

function undeclaredChild(
  child: FieldChild,
  sides: Omit<RemovalSides, 'former'>,
  path: Path,
): readonly Difference[] {
  const [desired, live] = [itemAt(sides.desired, child.element), itemAt(sides.live, child.element)]
  if (live === undefined) return []
  const step = child.element.kind === 'field' ? child.element.name : String(list(sides.live).indexOf(live))
  const at = [...path, step]
  const isWholeItem = child.element.kind !== 'field' && desired === undefined
  return isWholeItem ? [difference(at, undefined, live)] : undeclaredFields(child.set, { desired, live }, at)
}

/** Of a map that is gone only the members that were declared go; server defaults within it stay. */
function removedWhole({ former, live }: RemovalSides, path: Path): readonly Difference[] {
  if (!isRecord(former) || !isRecord(live)) {
    return isList(former) && former.length === 0 ? [] : [difference(path, undefined, live)]
  }
  return Object.keys(former).flatMap((name) =>
    removedFields({ former: former[name], desired: undefined, live: valueAt(live, name) }, [...path, name]),
  )
}

/** Only list-maps: any other list is one value, and compareObject sees it differ. */
function removedItems(sides: RemovalSides, path: Path): readonly Difference[] {
  const [former, desired, live] = [list(sides.former), list(sides.desired), list(sides.live)]
  const pairing = pairingOf(path.at(-1) ?? '', [...former], [...live])
  if (pairing === undefined) return []
  const declared = indexBy(desired, pairing)
  const before = indexBy(former, pairing)
  return live.flatMap((item, index) => {
    const id = pairing(item)
    if (!before.has(id)) return []
    const at = [...path, String(index)]
    if (!declared.has(id)) return [difference(at, undefined, item)]
    return removedFields({ former: before.get(id), desired: declared.get(id), live: item }, at)
  })
}

function list(value: unknown): readonly unknown[] {
  return isList(value) ? value : []
}
