import type { Application, ApplicationSource } from '../engine/application/application.js'
import type { ApplicationStatus } from '../engine/status/application-status.js'
import { aDesired, anApplication, aRecord, aStatus, unique } from './contract-fixtures.js'
import { normalizedUrl } from './normalized-url.js'
import type { ClusterRecord, RepositoryRecord } from './records.js'
import type { Stores } from './stores.js'

/** A cluster and a repository of their own, for suites about lists and freshness. */
export interface Place {
  readonly cluster: ClusterRecord
  readonly repository: RepositoryRecord
}

export const COMMIT = 'a'.repeat(40)
const RECORD = aRecord('seed')

export async function aPlace(stores: Stores): Promise<Place> {
  const name = unique('cluster')
  const url = `https://git.example/${unique('Repo')}.git`
  const connection = { status: 'Unknown' as const, message: '' }
  const createdAt = '2026-01-02T03:04:05.678Z'
  const cluster = { id: unique('id'), name, server: `https://${name}`, connection, createdAt }
  const repository = {
    id: unique('id'),
    url,
    normalizedUrl: normalizedUrl(url),
    hasPassword: false,
    insecureTls: false,
    connection,
    createdAt,
  }
  await stores.clusters.create(cluster, new Uint8Array([1]), RECORD)
  await stores.repositories.create(repository, undefined, RECORD)
  return { cluster, repository }
}

/** The cluster was observed and the heads were read so long ago. */
export async function observe(
  stores: Stores,
  { cluster, repository }: Place,
  { clusterAgoMs = 0, headAgoMs = 0 }: { readonly clusterAgoMs?: number; readonly headAgoMs?: number } = {},
): Promise<void> {
  await stores.heartbeats.begin(cluster.id)
  await stores.heartbeats.beat({ clusterId: cluster.id, ageMs: clusterAgoMs, blindKinds: {} })
  const checkedAt = new Date(Date.now() - headAgoMs).toISOString()
  await stores.repositories.saveHeads(repository.id, { refs: new Map([['HEAD', COMMIT]]), checkedAt })
}

export interface SeedOptions {
  readonly change?: Partial<Application>
  readonly project?: string
  readonly namespace?: string
  readonly automated?: boolean
  readonly source?: Partial<ApplicationSource>
  readonly byName?: boolean
  /** No status at all when `null`. */
  readonly status?: Partial<ApplicationStatus> | null
}

/** An application of the place; by default compared at COMMIT, Synced and Healthy. */
export async function seed(stores: Stores, place: Place, options: SeedOptions = {}): Promise<Application> {
  const { cluster, repository } = place
  const destination = options.byName === true ? { name: cluster.name } : { server: cluster.server }
  const application = anApplication({
    ...options.change,
    spec: {
      project: options.project ?? 'default',
      destination: { ...destination, namespace: options.namespace ?? 'shop' },
      source: { repoURL: repository.url, path: 'deploy', ...options.source },
      ...(options.automated === true && { syncPolicy: { automated: {} } }),
    },
  })
  await stores.applications.create(application, RECORD)
  await stores.applications.saveDesired([aDesired(application.id, { revisions: [COMMIT] })])
  if (options.status !== null) {
    const green = { sync: 'Synced', health: { status: 'Healthy' }, revisions: [COMMIT] } as const
    await stores.applications.saveStatuses([aStatus(application.id, { ...green, ...options.status })])
  }
  return application
}
