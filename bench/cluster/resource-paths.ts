import type { BenchManifest } from '../repository/manifests.js'

/** The kinds of the generated repository: where the API server keeps each. */
export const RESOURCES = [
  { kind: 'ConfigMap', root: '/api/v1', plural: 'configmaps' },
  { kind: 'Service', root: '/api/v1', plural: 'services' },
  { kind: 'ServiceAccount', root: '/api/v1', plural: 'serviceaccounts' },
  { kind: 'Deployment', root: '/apis/apps/v1', plural: 'deployments' },
  { kind: 'Ingress', root: '/apis/networking.k8s.io/v1', plural: 'ingresses' },
  { kind: 'HorizontalPodAutoscaler', root: '/apis/autoscaling/v2', plural: 'horizontalpodautoscalers' },
] as const

export type Resource = (typeof RESOURCES)[number]

export function keyOf(kind: string, namespace: string, name: string): string {
  return `${kind}/${namespace}/${name}`
}

export function manifestKey(manifest: BenchManifest): string {
  return keyOf(manifest.kind, manifest.metadata.namespace, manifest.metadata.name)
}

export function objectPath(manifest: BenchManifest): string {
  const resource = RESOURCES.find((one) => one.kind === manifest.kind)
  if (resource === undefined)
    throw new Error(`Cannot find the path of kind ${manifest.kind}: add it to RESOURCES`)
  const { namespace, name } = manifest.metadata
  return `${resource.root}/namespaces/${namespace}/${resource.plural}/${name}`
}
