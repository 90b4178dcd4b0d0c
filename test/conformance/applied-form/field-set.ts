import type { KubeObject } from '../../cluster/cluster-client.js'

/** The field manager Lockstep applies with; people's objects carry it already. */
export const OURS = 'argocd-controller'

export interface ManagedFields {
  readonly manager: string
  readonly operation: 'Apply' | 'Update'
  readonly apiVersion?: string
  readonly fieldsType?: string
  readonly subresource?: string
  readonly fieldsV1?: FieldSet
}

/** As in `fieldsV1`: keys are `f:NAME`, `k:{…}`, `v:…` or `.`; an empty object is a leaf. */
export interface FieldSet {
  readonly [key: string]: FieldSet
}

export function managedFields(object: KubeObject): readonly ManagedFields[] {
  return (object.metadata['managedFields'] ?? []) as readonly ManagedFields[]
}

/** The leaves that our Apply entry holds, e.g. `f:spec/f:replicas`; the status subresource is never ours. */
export function ourLeaves(object: KubeObject): readonly string[] {
  return leavesOf(object, OURS, 'Apply')
}

export function leavesOf(
  object: KubeObject,
  manager: string,
  operation: ManagedFields['operation'],
): readonly string[] {
  const entry = managedFields(object).find(
    (candidate) =>
      candidate.manager === manager &&
      candidate.operation === operation &&
      candidate.subresource !== 'status',
  )
  return leaves(entry?.fieldsV1)
}

function leaves(set: FieldSet | undefined, prefix = ''): readonly string[] {
  const entries = Object.entries(set ?? {})
  if (entries.length === 0) return prefix === '' ? [] : [prefix]
  return entries
    .flatMap(([key, below]) => (key === '.' ? [] : leaves(below, prefix === '' ? key : `${prefix}/${key}`)))
    .sort()
}
