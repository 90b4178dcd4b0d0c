import { groupKindText, type GroupKind } from '../manifest/resource-key.js'

const POD = { group: '', kind: 'Pod' }
const REPLICA_SET = { group: 'apps', kind: 'ReplicaSet' }
const STATEFUL_SET = { group: 'apps', kind: 'StatefulSet' }
const DEPLOYMENT = { group: 'apps', kind: 'Deployment' }
const REVISION = { group: 'apps', kind: 'ControllerRevision' }
const JOB = { group: 'batch', kind: 'Job' }
const CLAIM = { group: '', kind: 'PersistentVolumeClaim' }
const ENDPOINT_OWNER = { group: '', kind: 'Service' }
const SLICE = { group: 'discovery.k8s.io', kind: 'EndpointSlice' }

/** What the controllers of Kubernetes make of each kind, with what comes of that in turn. */
const CHILDREN: ReadonlyMap<string, readonly GroupKind[]> = new Map([
  ['apps/Deployment', [REPLICA_SET, POD]],
  ['apps/ReplicaSet', [POD]],
  ['/ReplicationController', [POD]],
  ['apps/StatefulSet', [POD, REVISION, CLAIM]],
  ['apps/DaemonSet', [POD, REVISION]],
  ['batch/CronJob', [JOB, POD]],
  ['batch/Job', [POD]],
  ['/Pod', [POD]],
  ['/PersistentVolumeClaim', [CLAIM]],
  ['/Service', [SLICE]],
])
/** Operators run what they are told as ordinary workloads. */
const OF_OTHERS = [DEPLOYMENT, STATEFUL_SET, REPLICA_SET, JOB, POD, ENDPOINT_OWNER, CLAIM]

/** The kinds in which children of these can be found; objects of kinds of Kubernetes itself have only known ones. */
export function childKinds(kinds: readonly GroupKind[]): readonly GroupKind[] {
  const found = new Map<string, GroupKind>()
  for (const kind of kinds) {
    for (const child of childrenOf(kind)) found.set(groupKindText(child), child)
  }
  return [...found.values()]
}

function childrenOf(kind: GroupKind): readonly GroupKind[] {
  const known = CHILDREN.get(groupKindText(kind))
  if (known !== undefined) return known
  return isOfKubernetes(kind.group) ? [] : OF_OTHERS
}

function isOfKubernetes(group: string): boolean {
  return !group.includes('.') || group.endsWith('.k8s.io')
}
