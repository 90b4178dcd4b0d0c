import type { ClusterClient, KubeObject } from '../../test/cluster/cluster-client.js'
import { RESOURCES, type Resource } from './resource-paths.js'

export interface Seen {
  readonly kind: string
  readonly object: KubeObject
  readonly deleted: boolean
}

/** LIST, then WATCH from there, for every kind of the generated repository. Resolves when all streams are open. */
export async function watchResources(
  client: ClusterClient,
  listener: (seen: Seen) => void,
  signal: AbortSignal,
): Promise<void> {
  await Promise.all(RESOURCES.map((resource) => watchResource(client, resource, { listener, signal })))
}

interface Subscriber {
  readonly listener: (seen: Seen) => void
  readonly signal: AbortSignal
}

async function watchResource(client: ClusterClient, resource: Resource, to: Subscriber): Promise<void> {
  const path = `${resource.root}/${resource.plural}`
  const list = await client.expect({ path })
  const items = list['items'] as readonly KubeObject[]
  for (const object of items) to.listener({ kind: resource.kind, object, deleted: false })
  const from = list.metadata.resourceVersion ?? '0'
  follow(client, { path, kind: resource.kind, from }, to).catch((error: unknown) => {
    if (!to.signal.aborted) throw error
  })
}

interface Followed {
  readonly path: string
  readonly kind: string
  readonly from: string
}

/** Servers close every watch after a while: it goes on from the last version that was seen. */
async function follow(
  client: ClusterClient,
  { path, kind, from }: Followed,
  { listener, signal }: Subscriber,
): Promise<void> {
  let version = from
  while (!signal.aborted) {
    const stream = client.watch(`${path}?watch=true&resourceVersion=${version}`, signal)
    for await (const { type, object } of stream) {
      if (type === 'ERROR') throw new Error(`The watch of ${kind} ended: ${JSON.stringify(object)}`)
      version = object.metadata.resourceVersion ?? version
      listener({ kind, object, deleted: type === 'DELETED' })
    }
  }
}
