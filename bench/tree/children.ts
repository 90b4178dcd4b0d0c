import type { ClusterClient, KubeObject } from '../../test/cluster/cluster-client.js'
import { inFlight } from '../cluster/apply-manifests.js'

/** Of five children four are Pods. */
const SLICE_EVERY = 5

/**
 * So many objects that belong to the Deployment and the Service of an application by their `ownerReferences`. Nothing runs
 * Pods in the cluster of a measurement, and no controller takes up what is not of its own making.
 */
export async function createChildren(client: ClusterClient, namespace: string, count: number): Promise<void> {
  const deployment = await client.expect({ path: `/apis/apps/v1/namespaces/${namespace}/deployments/main` })
  const service = await client.expect({ path: `/api/v1/namespaces/${namespace}/services/main` })
  const ofDeployment = (name: string) =>
    owned(name, { apiVersion: 'apps/v1', kind: 'Deployment', owner: deployment })
  const ofService = (name: string) => owned(name, { apiVersion: 'v1', kind: 'Service', owner: service })
  await inFlight(
    Array.from({ length: count }, (_, at) => at),
    async (at) => {
      const isSlice = at % SLICE_EVERY === 0
      const [path, body] = isSlice
        ? [
            `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`,
            slice(ofService(`slice-${at}`)),
          ]
        : [`/api/v1/namespaces/${namespace}/pods`, pod(ofDeployment(`pod-${at}`))]
      await client.expect({ method: 'POST', path, body })
    },
  )
}

interface Owner {
  readonly apiVersion: string
  readonly kind: string
  readonly owner: KubeObject
}

function owned(name: string, { apiVersion, kind, owner }: Owner): object {
  return { name, ownerReferences: [{ apiVersion, kind, name: 'main', uid: owner.metadata.uid }] }
}

function pod(metadata: object): object {
  const container = {
    name: 'main',
    image: 'registry.example.org/demo:1.0.0',
    env: [{ name: 'MODE', value: 'production' }],
    resources: { requests: { cpu: '10m', memory: '16Mi' }, limits: { memory: '64Mi' } },
  }
  return { apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers: [container] } }
}

function slice(metadata: object): object {
  const endpoints = [{ addresses: ['10.1.2.3'], conditions: { ready: true } }]
  const ports = [{ name: 'http', port: 8080, protocol: 'TCP' }]
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata,
    addressType: 'IPv4',
    endpoints,
    ports,
  }
}
