import { groupOf } from '../manifest/resource-key.js'
import { isBuiltInGroup } from './same-value.js'

/**
 * How a client-side apply writes one field (strategic merge patch): `merge` pairs the items of a list by `key`, or by
 * their value without one; `replace` writes the whole value; `retainKeys` drops what a map has and nobody declares.
 */
export interface PatchStrategy {
  readonly list: 'merge' | 'replace'
  readonly key?: string
  readonly retainKeys?: true
  /** A map is written as a whole. */
  readonly replaceMap?: true
}

const WHOLE: PatchStrategy = { list: 'replace' }
const BY_NAME: PatchStrategy = { list: 'merge', key: 'name' }
const CONTAINER_LISTS = ['containers', 'initContainers', 'ephemeralContainers']

/** By `parent/field`, or the field alone where no other kind has a field of that name. */
const STRATEGIES: ReadonlyMap<string, PatchStrategy> = new Map<string, PatchStrategy>([
  ...[...CONTAINER_LISTS, 'env', 'schedulingGates', 'webhooks', 'matchConditions', 'drivers'].map(
    (field) => [field, BY_NAME] as const,
  ),
  ...CONTAINER_LISTS.map((list) => [`${list}/ports`, { list: 'merge', key: 'containerPort' }] as const),
  ['volumes', { ...BY_NAME, retainKeys: true }],
  ['spec/resourceClaims', { ...BY_NAME, retainKeys: true }],
  ['spec/imagePullSecrets', BY_NAME],
  ['volumeMounts', { list: 'merge', key: 'mountPath' }],
  ['volumeDevices', { list: 'merge', key: 'devicePath' }],
  ['hostAliases', { list: 'merge', key: 'ip' }],
  ['topologySpreadConstraints', { list: 'merge', key: 'topologyKey' }],
  ['metadata/ownerReferences', { list: 'merge', key: 'uid' }],
  ['metadata/finalizers', { list: 'merge' }],
  ['status/conditions', { list: 'merge', key: 'type' }],
  ['x-kubernetes-validations', { list: 'merge', key: 'rule' }],
  ['spec/podCIDRs', { list: 'merge' }],
])

/** Fields whose names other kinds use otherwise. */
const OF_KINDS: Readonly<Record<string, PatchStrategy>> = {
  'Deployment:spec/strategy': { ...WHOLE, retainKeys: true },
  'Service:spec/ports': { list: 'merge', key: 'port' },
  'ServiceAccount:secrets': BY_NAME,
  'ValidatingAdmissionPolicy:spec/variables': BY_NAME,
  'PodDisruptionBudget:spec/selector': { ...WHOLE, replaceMap: true },
}

/**
 * The strategy for the field at this path of field names (without list indexes) in an object of Kubernetes' own; in
 * any other kind every list is written as a whole, as `kubectl apply` does.
 */
export function patchStrategy(
  object: { readonly apiVersion: string; readonly kind: string },
  path: readonly string[],
): PatchStrategy {
  if (!isBuiltInGroup(groupOf(object.apiVersion))) return WHOLE
  const field = path.at(-1) ?? ''
  const near = path.slice(-2).join('/')
  return (
    OF_KINDS[`${object.kind}:${path.join('/')}`] ?? STRATEGIES.get(near) ?? STRATEGIES.get(field) ?? WHOLE
  )
}
