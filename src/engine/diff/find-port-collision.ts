import type { Manifest } from '../manifest/manifest.js'
import { isList, isRecord, textAt, valueAt } from '../manifest/read-json.js'
import { pointerOf, type Path } from './difference.js'
import type { FieldSet } from './field-set.js'
import { itemAt, matchesKey } from './project-on.js'

/** One operation of RFC 6902. */
export interface RepairOperation {
  readonly op: 'test' | 'add' | 'replace' | 'remove'
  readonly path: string
  readonly value?: unknown
}

/** A list of ports that we own: what is declared, what is live, and the key fields of its items. */
interface OwnedList {
  readonly path: Path
  readonly desired: readonly unknown[]
  readonly live: readonly unknown[]
  readonly keyFields: readonly string[]
  readonly nameless: boolean
}

/**
 * JSON patch that makes room for an apply after somebody edited the *key* of a list-map item, e.g. the `port` of a
 * Service: to the API server the edited item is another item, and applying the declared one beside it would collide
 * in `name` or `nodePort` (design.md 5). Colliding items in lists that our stored field set owns are removed; the
 * last item of a Service, which may not be left without ports, gets its declared key back instead. The first
 * operation tests the resourceVersion that was judged. Empty when nothing collides. A patch leaves us an Update entry
 * that would hold the key for ever: send takeOverFields of its answer before the apply.
 */
export function repairListKeys(
  desired: Manifest,
  live: Manifest,
  fieldSet: FieldSet,
): readonly RepairOperation[] {
  const nameless = live.kind === 'Service'
  const operations = ownedLists({ desired, live, set: fieldSet }, []).flatMap((list) =>
    repairList({ ...list, nameless }),
  )
  if (operations.length === 0) return []
  return [
    { op: 'test', path: '/metadata/resourceVersion', value: live.metadata.resourceVersion },
    ...operations,
  ]
}

interface Sides {
  readonly desired: unknown
  readonly live: unknown
  readonly set: FieldSet
}

/** Every list named `ports` of which the field set owns items. Paths point into the live object. */
function ownedLists(sides: Sides, path: Path): readonly Omit<OwnedList, 'nameless'>[] {
  const { desired, live, set } = sides
  const first = set.children.find(({ element }) => element.kind === 'key')?.element
  if (path.at(-1) === 'ports' && first?.kind === 'key' && isList(desired) && isList(live)) {
    return [{ path, desired, live, keyFields: Object.keys(first.match) }]
  }
  return set.children.flatMap(({ element, set: below }) => {
    const next = { desired: itemAt(desired, element), live: itemAt(live, element), set: below }
    if (next.desired === undefined || next.live === undefined) return []
    const step = element.kind === 'field' ? element.name : String(isList(live) ? live.indexOf(next.live) : -1)
    return ownedLists(next, [...path, step])
  })
}

function repairList(list: OwnedList): readonly RepairOperation[] {
  const wanted = list.desired.filter(
    (item) => !list.live.some((other) => matchesKey(other, keyOf(list, item))),
  )
  const foreign = [...list.live.keys()].filter(
    (index) => !list.desired.some((item) => matchesKey(list.live[index], keyOf(list, item))),
  )
  const colliding = foreign.filter((index) => wanted.some((item) => collides(list, item, list.live[index])))
  const emptied = list.nameless && colliding.length === list.live.length
  const [kept, ...removed] = emptied ? colliding : [undefined, ...colliding]
  const removals = removed
    .toReversed()
    .map((index): RepairOperation => ({ op: 'remove', path: pointerOf([...list.path, String(index)]) }))
  return kept === undefined ? removals : [...removals, ...restoreKey(list, kept, wanted)]
}

/** The key fields of the declared item that a live one stands in the way of. */
function restoreKey(list: OwnedList, index: number, wanted: readonly unknown[]): readonly RepairOperation[] {
  const item = wanted.find((candidate) => collides(list, candidate, list.live[index]))
  return Object.entries(keyOf(list, item))
    .filter(([name, value]) => valueAt(list.live[index], name) !== value)
    .map(([name, value]) => ({ op: 'replace', path: pointerOf([...list.path, String(index), name]), value }))
}

/** Would the API server refuse both side by side? Ports of a Service without a name collide too: one may be nameless. */
function collides(list: OwnedList, desired: unknown, live: unknown): boolean {
  if (!isRecord(desired) || !isRecord(live)) return false
  const [name, other] = [textAt(desired, 'name') ?? '', textAt(live, 'name') ?? '']
  if (name === other && (name !== '' || list.nameless)) return true
  const nodePort = valueAt(desired, 'nodePort')
  return nodePort !== undefined && nodePort !== 0 && nodePort === valueAt(live, 'nodePort')
}

function keyOf(list: OwnedList, item: unknown): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    list.keyFields.map((name) => [name, valueAt(item, name) ?? (name === 'protocol' ? 'TCP' : undefined)]),
  )
}
