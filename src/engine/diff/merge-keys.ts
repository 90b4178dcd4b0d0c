import { isList, isRecord, valueAt } from '../manifest/read-json.js'
import { canonicalText } from './canonical-text.js'

/** The key fields of the list-maps of Kubernetes' own kinds, by the name of the list; first that all items have. */
const MERGE_KEYS: ReadonlyMap<string, readonly (readonly string[])[]> = new Map([
  ['conditions', [['type']]],
  ['containers', [['name']]],
  ['env', [['name']]],
  ['ephemeralContainers', [['name']]],
  ['hostAliases', [['ip']]],
  ['imagePullSecrets', [['name']]],
  ['initContainers', [['name']]],
  ['ownerReferences', [['uid']]],
  [
    'ports',
    [
      ['containerPort', 'protocol'],
      ['port', 'protocol'],
    ],
  ],
  ['resourceClaims', [['name']]],
  ['secrets', [['name']]],
  ['topologySpreadConstraints', [['topologyKey', 'whenUnsatisfiable']]],
  ['volumeDevices', [['devicePath']]],
  ['volumeMounts', [['mountPath']]],
  ['volumes', [['name']]],
  ['webhooks', [['name']]],
])

/** Lists that are sets: order does not count, others may add to them. */
const SETS = new Set(['finalizers'])

/** How the items of two lists are paired. `undefined`: by position, as a list that is one value. */
export type Pairing = (item: unknown) => string

/**
 * The pairing of two lists with this field name. By position when the list is no list-map, when an item lacks its key
 * or when a key comes twice (client-side apply takes that, nothing can tell such items apart).
 */
export function pairingOf(
  field: string,
  left: readonly unknown[],
  right: readonly unknown[],
): Pairing | undefined {
  if (SETS.has(field)) return canonicalText
  const keys = keyFieldsOf(field, [left, right])
  return keys === undefined ? undefined : (item) => canonicalText(keyOfItem(item, keys))
}

/** The key fields by which the items of all these lists can be told apart; undefined when there are none. */
export function keyFieldsOf(
  field: string,
  lists: readonly (readonly unknown[])[],
): readonly string[] | undefined {
  return MERGE_KEYS.get(field)?.find((keys) => lists.every((list) => isKeyed(list, keys)))
}

/** The key of an item, as FieldsV1 writes it: with the default of `protocol`. */
export function keyOfItem(item: unknown, keys: readonly string[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(keys.map((key) => [key, keyValue(item, key)]))
}

/** Items by their pairing text. */
export function indexBy(list: unknown, pairing: Pairing): ReadonlyMap<string, unknown> {
  return new Map((isList(list) ? list : []).map((item) => [pairing(item), item]))
}

function keyValue(item: unknown, key: string): unknown {
  return valueAt(item, key) ?? (key === 'protocol' ? 'TCP' : undefined)
}

function isKeyed(list: readonly unknown[], keys: readonly string[]): boolean {
  const complete = list.every(
    (item) => isRecord(item) && keys.every((key) => keyValue(item, key) !== undefined),
  )
  return complete && new Set(list.map((item) => canonicalText(keyOfItem(item, keys)))).size === list.length
}
