import { beforeAll } from 'vitest'
import type { ClusterAnswer, ClusterClient, KubeObject } from '../../cluster/cluster-client.js'
import type { ClusterAccess } from '../../cluster/cluster-access.js'
import { borrowCluster, freshNamespace } from '../../support/throw-away-cluster.js'
import { OURS } from './field-set.js'

export interface Declared {
  readonly apiVersion: string
  readonly metadata: { readonly name: string; readonly [field: string]: unknown }
  readonly [field: string]: unknown
}

export interface ApplyChoices {
  readonly dryRun?: boolean
  readonly fieldValidation?: 'Strict' | 'Warn' | 'Ignore'
}

export type Patch = readonly { readonly op: string; readonly path: string; readonly value?: unknown }[]

/** A namespace on a real API server, with the few requests that these tests are made of. */
export class Place {
  readonly cluster: ClusterAccess
  readonly client: ClusterClient
  readonly namespace: string

  constructor(cluster: ClusterAccess, namespace: string) {
    this.cluster = cluster
    this.client = cluster.client('sut')
    this.namespace = namespace
  }

  /** `resource` is group, version and plural, e.g. `apps/v1/deployments` or `v1/services`. */
  path(resource: string, name: string): string {
    const [plural = '', version = '', group] = resource.split('/').toReversed()
    const root = group === undefined ? `/api/${version}` : `/apis/${group}/${version}`
    return `${root}/namespaces/${this.namespace}/${plural}/${name}`
  }

  get(resource: string, name: string): Promise<KubeObject> {
    return this.client.expect({ path: this.path(resource, name) })
  }

  /** Server-side apply as Lockstep does it: our manager, conflicts forced. The answer is not judged. */
  apply(resource: string, object: Declared, choices: ApplyChoices = {}): Promise<ClusterAnswer> {
    return applyAt(this.client, this.path(resource, object.metadata.name), { object, ...choices })
  }

  /** Like `apply`, for steps that have to succeed. */
  async applied(resource: string, object: Declared): Promise<KubeObject> {
    const answer = await this.apply(resource, object)
    if (answer.status >= 300)
      throw new Error(`apply answered ${answer.status}: ${String(answer.object['message'])}`)
    return answer.object
  }

  /** An edit as other programs make it (operation Update of `someone-else`): a JSON merge patch. */
  edit(resource: string, name: string, body: Readonly<Record<string, unknown>>): Promise<KubeObject> {
    const path = `${this.path(resource, name)}?fieldManager=someone-else`
    return this.client.expect({ method: 'PATCH', path, contentType: 'application/merge-patch+json', body })
  }

  /** A JSON patch of our own, also with operation Update. */
  patch(resource: string, name: string, body: Patch): Promise<ClusterAnswer> {
    const path = `${this.path(resource, name)}?fieldManager=${OURS}`
    return this.client.request({ method: 'PATCH', path, contentType: 'application/json-patch+json', body })
  }
}

export function applyAt(
  client: ClusterClient,
  path: string,
  { object, dryRun = false, fieldValidation = 'Warn' }: ApplyChoices & { readonly object: Declared },
): Promise<ClusterAnswer> {
  const query = new URLSearchParams({ fieldManager: OURS, force: 'true', fieldValidation })
  if (dryRun) query.set('dryRun', 'All')
  const contentType = 'application/apply-patch+yaml'
  return client.request({ method: 'PATCH', path: `${path}?${query.toString()}`, contentType, body: object })
}

/** A namespace for the file on the API server that all files share; call the result inside tests. */
export function usePlace(): () => Place {
  let place: Place | undefined
  beforeAll(async () => {
    const cluster = await borrowCluster()
    place = new Place(cluster, await freshNamespace(cluster))
  })
  return () => {
    if (place === undefined) throw new Error('The place exists only inside tests and hooks.')
    return place
  }
}

/** The value at a dotted path, e.g. `spec.ports.0.port`. */
export function at(object: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((value, step) => {
    if (typeof value !== 'object' || value === null) return undefined
    return (value as Readonly<Record<string, unknown>>)[step]
  }, object)
}

/** A resourceVersion replaced in a JSON patch is a precondition: 409 when it is not the current one. */
export function ifUnchanged(object: KubeObject): Patch[number] {
  return { op: 'replace', path: '/metadata/resourceVersion', value: object.metadata.resourceVersion }
}
