import type { ApiCatalog, ApiKind } from '../../engine/manifest/api-catalog.js'
import { CatalogBuilder, notDiscovery } from './catalog-builder.js'
import { legacyDiscovery } from './legacy-discovery.js'
import type { RequestSender } from './request-sender.js'
import { headerOf } from './exchange.js'

const AGGREGATED = ['v2', 'v2beta1']
  .map((version) => `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`)
  .join(',')

interface DiscoveredResource {
  readonly resource: string
  readonly responseKind?: { readonly kind?: string }
  readonly scope: 'Cluster' | 'Namespaced'
  readonly verbs?: readonly string[]
}

interface DiscoveredGroup {
  readonly metadata?: { readonly name?: string }
  readonly versions?: ReadonlyArray<{
    readonly version: string
    readonly freshness?: string
    readonly resources?: readonly DiscoveredResource[]
  }>
}

/** Asks what a cluster serves: two requests where it aggregates discovery, else one per group and version. */
export async function discover(sender: RequestSender, clusterId: string): Promise<ApiCatalog> {
  const builder = new CatalogBuilder()
  for (const path of ['/api', '/apis']) {
    const subject = { clusterId, action: `read ${path}`, write: false, secret: false }
    const answer = await sender.sendOk({
      method: 'GET',
      path,
      subject,
      accept: `${AGGREGATED},application/json`,
    })
    const body = parse(answer.body, clusterId, path)
    if (headerOf(answer, 'content-type')?.includes('APIGroupDiscoveryList') === true)
      readAggregated(body, builder, { clusterId, path })
    else await legacyDiscovery({ sender, clusterId, builder }, path, body)
  }
  return builder.build()
}

function parse(text: string, clusterId: string, path: string): Readonly<Record<string, unknown>> {
  try {
    const body: unknown = JSON.parse(text)
    if (typeof body === 'object' && body !== null) return body as Record<string, unknown>
  } catch {
    // Said below.
  }
  throw notDiscovery(clusterId, path)
}

function readAggregated(
  body: Readonly<Record<string, unknown>>,
  builder: CatalogBuilder,
  where: { clusterId: string; path: string },
): void {
  const items = body['items']
  if (body['kind'] !== 'APIGroupDiscoveryList' || !Array.isArray(items))
    throw notDiscovery(where.clusterId, where.path)
  for (const group of items as readonly DiscoveredGroup[]) readGroup(group, builder)
}

function readGroup({ metadata, versions = [] }: DiscoveredGroup, builder: CatalogBuilder): void {
  const group = metadata?.name ?? ''
  if (versions.length === 0) builder.fail(group)
  for (const { version, freshness, resources } of versions) {
    if (freshness === 'Stale' || resources === undefined) builder.fail(group)
    const kinds = resources?.flatMap((resource) => toApiKind(resource, group, version) ?? [])
    kinds?.forEach((kind) => builder.add(kind))
  }
}

function toApiKind(resource: DiscoveredResource, group: string, version: string): ApiKind | undefined {
  const { resource: plural, responseKind, scope, verbs = [] } = resource
  const kind = responseKind?.kind ?? ''
  return kind === '' ? undefined : { group, kind, version, plural, namespaced: scope === 'Namespaced', verbs }
}
