import type { Manifest } from '../manifest/manifest.js'
import { isAbsent, isList, isRecord, valueAt } from '../manifest/read-json.js'
import { canonicalText } from './canonical-text.js'
import { NO_COMPARE_RULES, type CompareRules } from './compare-rules.js'
import { FIELD_MANAGER, ownFieldSet } from './field-set.js'
import { lastApplied, LAST_APPLIED } from './normalize.js'
import { patchStrategy, type PatchStrategy } from './patch-strategy.js'
import { projectOn } from './project-on.js'
import { ignoring } from './remove-ignored.js'

/** The declared object with what a client-side apply notes in it: what was declared, to know later what left Git. */
export function withLastApplied(declared: Manifest): Manifest {
  const { [LAST_APPLIED]: _former, ...annotations } = declared.metadata.annotations ?? {}
  const bare = { ...declared, metadata: { ...declared.metadata, annotations } }
  const text = `${canonicalText(bare)}\n`
  return { ...bare, metadata: { ...bare.metadata, annotations: { ...annotations, [LAST_APPLIED]: text } } }
}

/**
 * The live object after a client-side apply (contract 1.4): declared fields as declared, fields that were declared
 * before and are no more removed, all else as it is. Declared before = the last-applied annotation, and what our
 * server-side applies own. Where strategic merge patches lose items that share a key, all declared ones stay.
 * What the rules ignore counts as never declared. Write it as a whole, guarded by the resourceVersion of `live`.
 */
export function mergeApplied(
  declared: Manifest,
  live: Manifest,
  rules: CompareRules = NO_COMPARE_RULES,
): Manifest {
  const clean = ignoring(rules, live)
  const owned = ownFieldSet(live, FIELD_MANAGER)
  const formers = [lastApplied(live), owned === undefined ? undefined : projectOn(owned, live)].map(clean)
  const next = withLastApplied(declared)
  return formers.reduce<Manifest>((current, former) => {
    const { apiVersion, kind } = declared
    const merged = mergeMap({ object: declared, path: [] }, { former, declared: next, live: current })
    return { ...merged, apiVersion, kind, metadata: { ...declared.metadata, ...metadataOf(merged) } }
  }, live)
}

interface Place {
  readonly object: { readonly apiVersion: string; readonly kind: string }
  readonly path: readonly string[]
}

interface Sides<T = unknown> {
  readonly former: unknown
  readonly declared: T
  readonly live: unknown
}

type JsonMap = Readonly<Record<string, unknown>>

function metadataOf(merged: JsonMap): JsonMap {
  return isRecord(merged['metadata']) ? merged['metadata'] : {}
}

function merge(place: Place, { former, declared, live }: Sides): unknown {
  if (isRecord(declared)) return mergeMap(place, { former, declared, live })
  return isList(declared) ? mergeList(place, { former, declared, live }) : declared
}

function mergeMap(place: Place, { former, declared, live }: Sides<JsonMap>): JsonMap {
  const { retainKeys, replaceMap } = patchStrategy(place.object, place.path)
  const actual = isRecord(live) && replaceMap !== true ? live : {}
  const names = [...new Set([...Object.keys(actual), ...Object.keys(declared)])]
  const members = names.map((name): readonly [string, unknown] => {
    const wanted = valueAt(declared, name)
    const sides = { former: valueAt(former, name), declared: wanted, live: valueAt(actual, name) }
    if (!isAbsent(wanted)) return [name, merge({ ...place, path: [...place.path, name] }, sides)]
    const leaves = wanted === null || !isAbsent(sides.former) || retainKeys === true
    return [name, leaves ? undefined : sides.live]
  })
  return Object.fromEntries(members.filter(([, member]) => member !== undefined))
}

function mergeList(place: Place, { former, declared, live }: Sides<readonly unknown[]>): readonly unknown[] {
  const identify = identityOf(patchStrategy(place.object, place.path), [declared, live])
  if (identify === undefined || !isList(live)) return declared.map((item) => merge(place, alone(item)))
  const [wanted, actual] = [numbered(declared, identify), numbered(live, identify)]
  const before = numbered(isList(former) ? former : [], identify)
  const known = new Set([...declared, ...(isList(former) ? former : [])].map(identify))
  const merged = wanted.map(({ id, item }): Item => {
    const sides = { former: itemOf(before, id), declared: item, live: itemOf(actual, id) }
    return { id, item: merge(place, sides) }
  })
  const kept = actual.filter(({ item }) => !known.has(identify(item)))
  return interleaved(merged, kept, actual).map(({ item }) => item)
}

/** Nothing was there before: only what says "absent" is left out. */
function alone(declared: unknown): Sides {
  return { former: undefined, declared, live: undefined }
}

/** An item with the text that finds it on another side: its key, and which of those with this key it is. */
interface Item {
  readonly id: string
  readonly item: unknown
}

function numbered(list: readonly unknown[], identify: (item: unknown) => string): readonly Item[] {
  const seen = new Map<string, number>()
  return list.map((item) => {
    const key = identify(item)
    const count = seen.get(key) ?? 0
    seen.set(key, count + 1)
    return { id: `${count} ${key}`, item }
  })
}

function itemOf(list: readonly Item[], id: string): unknown {
  return list.find((one) => one.id === id)?.item
}

/** What tells the items of a list apart; undefined when the list is written as a whole. */
function identityOf(
  { list, key }: PatchStrategy,
  lists: readonly unknown[],
): ((item: unknown) => string) | undefined {
  if (list === 'replace') return undefined
  if (key === undefined) return canonicalText
  const items = lists.flatMap((one) => (isList(one) ? one : []))
  const complete = items.every((item) => !isAbsent(valueAt(item, key)))
  return complete ? (item) => canonicalText(valueAt(item, key) ?? null) : undefined
}

/**
 * Declared items in declared order, those of others between them: each before the first declared one, from the place
 * of the last on, that stands behind it in the live object; new ones stand behind all.
 */
function interleaved(
  declared: readonly Item[],
  others: readonly Item[],
  live: readonly Item[],
): readonly Item[] {
  const places = new Map(live.map(({ id }, index) => [id, index]))
  const placeOf = ({ id }: Item): number => places.get(id) ?? Infinity
  const result: Item[] = []
  let next = 0
  for (const other of others) {
    const behind = declared.findIndex((item, index) => index >= next && placeOf(item) > placeOf(other))
    const until = behind < 0 ? declared.length : behind
    result.push(...declared.slice(next, until), other)
    next = until
  }
  return [...result, ...declared.slice(next)]
}
