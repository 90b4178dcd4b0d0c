import { notDiscovery, type CatalogBuilder } from './catalog-builder.js'
import type { RequestSender } from './request-sender.js'

export interface LegacySource {
  readonly sender: RequestSender
  readonly clusterId: string
  readonly builder: CatalogBuilder
}

interface GroupVersion {
  readonly group: string
  readonly version: string
  readonly path: string
}

interface LegacyGroup {
  readonly name: string
  readonly versions?: ReadonlyArray<{ readonly version: string }>
  readonly preferredVersion?: { readonly version: string }
}

interface LegacyResource {
  readonly name: string
  readonly kind: string
  readonly namespaced: boolean
  readonly verbs?: readonly string[]
}

/** Discovery of servers that do not aggregate it (before 1.26, some proxies): one request per group and version. */
export async function legacyDiscovery(
  source: LegacySource,
  path: string,
  body: Readonly<Record<string, unknown>>,
): Promise<void> {
  const versions = path === '/api' ? coreVersions(body) : groupVersions(body)
  if (versions === undefined) throw notDiscovery(source.clusterId, path)
  const lists = await Promise.all(
    versions.map(async (each) => ({ each, list: await resourcesOf(source, each) })),
  )
  for (const { each, list } of lists) {
    if (list === undefined) source.builder.fail(each.group)
    for (const { name, kind, namespaced, verbs } of list ?? [])
      if (!name.includes('/'))
        source.builder.add({
          group: each.group,
          kind,
          version: each.version,
          plural: name,
          namespaced,
          verbs: verbs ?? [],
        })
  }
}

function coreVersions(body: Readonly<Record<string, unknown>>): readonly GroupVersion[] | undefined {
  const versions = body['versions']
  if (!Array.isArray(versions)) return undefined
  return (versions as readonly string[]).map((version) => ({ group: '', version, path: `/api/${version}` }))
}

function groupVersions(body: Readonly<Record<string, unknown>>): readonly GroupVersion[] | undefined {
  const groups = body['groups']
  if (!Array.isArray(groups)) return undefined
  return (groups as readonly LegacyGroup[]).flatMap(({ name, versions = [], preferredVersion }) => {
    const preferred = versions.filter(({ version }) => version === preferredVersion?.version)
    const others = versions.filter(({ version }) => version !== preferredVersion?.version)
    return [...preferred, ...others].map(({ version }) => ({
      group: name,
      version,
      path: `/apis/${name}/${version}`,
    }))
  })
}

async function resourcesOf(
  source: LegacySource,
  { path }: GroupVersion,
): Promise<readonly LegacyResource[] | undefined> {
  const subject = { clusterId: source.clusterId, action: `read ${path}`, write: false, secret: false }
  try {
    const answer = await source.sender.sendOk({ method: 'GET', path, subject })
    const body = JSON.parse(answer.body) as { kind?: string; resources?: readonly LegacyResource[] }
    return body.kind === 'APIResourceList' && Array.isArray(body.resources) ? body.resources : undefined
  } catch {
    // A failed group is reported as such and asked again later; the other groups stay usable.
    return undefined
  }
}
