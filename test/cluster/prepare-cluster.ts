import type { ClusterClient, KubeObject } from './cluster-client.js'

/** Users that tests and benchmarks act as; each is bound to cluster-admin and counted apart. */
const COUNTED_USERS = ['observer', 'sut', 'floor'] as const
const ALREADY_EXISTS = [409]

/**
 * Rights and accounting. The users are not in system:masters, so their requests go through RBAC like anybody's;
 * one FlowSchema each on priority level `exempt` makes
 * `apiserver_flowcontrol_dispatched_requests_total{flow_schema="sut"}` count what that user called.
 */
export async function prepareUsers(admin: ClusterClient): Promise<void> {
  await Promise.all(
    COUNTED_USERS.flatMap((user) => [
      admin.expect(
        {
          method: 'POST',
          path: '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings',
          body: clusterAdmin(user),
        },
        ALREADY_EXISTS,
      ),
      admin.expect(
        { method: 'POST', path: '/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas', body: flowSchema(user) },
        ALREADY_EXISTS,
      ),
    ]),
  )
}

/** Nodes that no machine stands behind; `playStages` keeps them and their pods alive. */
export async function createNodes(admin: ClusterClient, count: number): Promise<void> {
  const create = (index: number): Promise<KubeObject> =>
    admin.expect({ method: 'POST', path: '/api/v1/nodes', body: node(`node-${index}`) }, ALREADY_EXISTS)
  await Promise.all(Array.from({ length: count }, (_, index) => create(index)))
}

export function readyConditions(now: string): readonly unknown[] {
  return [
    {
      type: 'Ready',
      status: 'True',
      reason: 'KubeletReady',
      message: 'played by the test cluster',
      lastHeartbeatTime: now,
      lastTransitionTime: now,
    },
  ]
}

function clusterAdmin(user: string): KubeObject {
  return {
    metadata: { name: `${user}-cluster-admin` },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: user }],
  }
}

function flowSchema(user: string): KubeObject {
  const everything = {
    verbs: ['*'],
    apiGroups: ['*'],
    resources: ['*'],
    namespaces: ['*'],
    clusterScope: true,
  }
  return {
    metadata: { name: user },
    spec: {
      priorityLevelConfiguration: { name: 'exempt' },
      matchingPrecedence: 10,
      rules: [
        {
          subjects: [{ kind: 'User', user: { name: user } }],
          resourceRules: [everything],
          nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }],
        },
      ],
    },
  }
}

function node(name: string): KubeObject {
  const capacity = { cpu: '32', memory: '256Gi', pods: '110' }
  const labels = {
    'kubernetes.io/hostname': name,
    'kubernetes.io/os': 'linux',
    'kubernetes.io/arch': 'amd64',
  }
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels },
    status: { allocatable: capacity, capacity, conditions: readyConditions(new Date().toISOString()) },
  }
}
