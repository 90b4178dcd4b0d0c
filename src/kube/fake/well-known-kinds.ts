import type { ApiKind } from '../../engine/manifest/api-catalog.js'

const VERBS = ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch']

function kind(apiVersion: string, name: string, plural: string): ApiKind {
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion]
  return { group: group ?? '', version: version ?? '', kind: name, plural, namespaced: true, verbs: VERBS }
}

function clusterKind(apiVersion: string, name: string, plural: string): ApiKind {
  return { ...kind(apiVersion, name, plural), namespaced: false }
}

/** What a fake cluster serves unless told otherwise. */
export const WELL_KNOWN_KINDS: readonly ApiKind[] = [
  clusterKind('v1', 'Namespace', 'namespaces'),
  kind('v1', 'ConfigMap', 'configmaps'),
  kind('v1', 'Secret', 'secrets'),
  kind('v1', 'Service', 'services'),
  kind('v1', 'ServiceAccount', 'serviceaccounts'),
  kind('v1', 'Pod', 'pods'),
  kind('v1', 'PersistentVolumeClaim', 'persistentvolumeclaims'),
  kind('apps/v1', 'Deployment', 'deployments'),
  kind('apps/v1', 'ReplicaSet', 'replicasets'),
  kind('apps/v1', 'StatefulSet', 'statefulsets'),
  kind('apps/v1', 'DaemonSet', 'daemonsets'),
  kind('batch/v1', 'Job', 'jobs'),
  kind('batch/v1', 'CronJob', 'cronjobs'),
  kind('networking.k8s.io/v1', 'Ingress', 'ingresses'),
  kind('rbac.authorization.k8s.io/v1', 'Role', 'roles'),
  kind('rbac.authorization.k8s.io/v1', 'RoleBinding', 'rolebindings'),
  clusterKind('rbac.authorization.k8s.io/v1', 'ClusterRole', 'clusterroles'),
  clusterKind('rbac.authorization.k8s.io/v1', 'ClusterRoleBinding', 'clusterrolebindings'),
  clusterKind('apiextensions.k8s.io/v1', 'CustomResourceDefinition', 'customresourcedefinitions'),
]
