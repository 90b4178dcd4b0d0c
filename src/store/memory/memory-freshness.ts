import { canonicalServer } from '../../engine/address/canonical-server.js'
import { sourcesOf, type Application } from '../../engine/application/application.js'
import { groupKindText } from '../../engine/manifest/resource-key.js'
import {
  effectiveStatus,
  type EffectiveStatus,
  type Freshness,
  type FreshnessLimits,
} from '../../engine/status/freshness.js'
import type { ApplicationStatus } from '../../engine/status/application-status.js'
import type { FreshnessMark } from '../application-list.js'
import type { HeartbeatRecord } from '../heartbeat-store.js'
import { listColumns } from '../list-columns.js'
import { normalizedUrl } from '../normalized-url.js'
import type { ClusterRecord, RepositoryHead } from '../records.js'
import type { ApplicationRows } from './memory-application-store.js'
import type { MemoryClusterStore } from './memory-cluster-store.js'
import type { MemoryHeartbeatStore } from './memory-heartbeat-store.js'
import type { MemoryRepositoryStore } from './memory-repository-store.js'

export interface MemoryFreshnessDeps {
  readonly rows: ApplicationRows
  readonly clusters: MemoryClusterStore
  readonly repositories: MemoryRepositoryStore
  readonly heartbeats: MemoryHeartbeatStore
  readonly limits: FreshnessLimits
}

/** What freshness is derived from, read once for a whole list. */
export class MemoryFreshness {
  readonly #deps: MemoryFreshnessDeps
  readonly #clusters: readonly ClusterRecord[]
  readonly #beats: ReadonlyMap<string, HeartbeatRecord>
  readonly #heads: ReadonlyMap<string, readonly RepositoryHead[]>

  static async read(deps: MemoryFreshnessDeps): Promise<MemoryFreshness> {
    const repositories = await deps.repositories.list()
    const heads = await Promise.all(
      repositories.map(
        async ({ id, normalizedUrl: url }) => [url, await deps.repositories.heads(id)] as const,
      ),
    )
    const beats = (await deps.heartbeats.list()).map((beat) => [beat.clusterId, beat] as const)
    return new MemoryFreshness(deps, await deps.clusters.list(), {
      beats: new Map(beats),
      heads: new Map(heads),
    })
  }

  private constructor(
    deps: MemoryFreshnessDeps,
    clusters: readonly ClusterRecord[],
    read: {
      readonly beats: ReadonlyMap<string, HeartbeatRecord>
      readonly heads: ReadonlyMap<string, readonly RepositoryHead[]>
    },
  ) {
    this.#deps = deps
    this.#clusters = clusters
    this.#beats = read.beats
    this.#heads = read.heads
  }

  clusterOf({ spec: { destination } }: Application): ClusterRecord | undefined {
    return (
      this.#clusters.find(({ server }) => isServer(server, destination.server)) ??
      this.#clusters.find(({ name }) => name === destination.name)
    )
  }

  shown(application: Application, status: ApplicationStatus): EffectiveStatus {
    const facts = this.#factsOf(application, status)
    const revisions = this.#revisions(application, status)
    const shown = effectiveStatus({ ...status, revisions }, facts)
    return { ...shown, resources: [], ...confirmed(facts) }
  }

  #factsOf(application: Application, status: ApplicationStatus): Freshness & Seen {
    const beat = this.#beats.get(this.clusterOf(application)?.id ?? '')
    const sequence = this.#deps.rows.sequences.get(application.id) ?? 0
    return {
      clusterObservedAt: beat?.observedAt,
      comparedSinceBegin: beat !== undefined && sequence > beat.sinceSequence,
      blindKinds: blindKindsOf(status, beat?.blindKinds ?? {}),
      headCheckedAt: this.#headCheckedAt(application),
      now: Date.now(),
      limits: this.#deps.limits,
    }
  }

  marks(): readonly FreshnessMark[] {
    const { clusterMs, headMs } = this.#deps.limits
    const isStale = (time: string | undefined, ms: number): boolean =>
      time === undefined || Date.now() - Date.parse(time) > ms
    const clusters = this.#clusters.map(({ id, server }): FreshnessMark => {
      const { observedAt, sinceSequence, blindKinds } = this.#beats.get(id) ?? {}
      const state = JSON.stringify([isStale(observedAt, clusterMs), sinceSequence, blindKinds])
      return { kind: 'cluster', name: server, state }
    })
    const repositories = [...this.#heads].map(([name, heads]): FreshnessMark => {
      const checked = heads
        .map(({ checkedAt }) => checkedAt)
        .toSorted()
        .at(-1)
      return { kind: 'repository', name, state: String(isStale(checked, headMs)) }
    })
    return [...clusters, ...repositories]
  }

  #headCheckedAt(application: Application): string | null | undefined {
    if (listColumns(application).pinned) return null
    const times = sourcesOf(application.spec).map(({ repoURL }) =>
      this.#heads
        .get(normalizedUrl(repoURL))
        ?.map(({ checkedAt }) => checkedAt)
        .toSorted()
        .at(-1),
    )
    return times.some((time) => time === undefined) ? undefined : times.toSorted()[0]
  }

  #revisions(application: Application, status: ApplicationStatus): readonly string[] {
    const [source, ...more] = sourcesOf(application.spec)
    const { headRef } = listColumns(application)
    const desired = this.#deps.rows.desired.get(application.id)
    if (source === undefined || more.length > 0 || status.revisions.length !== 1) return status.revisions
    if (JSON.stringify(desired?.revisions) !== JSON.stringify(status.revisions)) return status.revisions
    const head = this.#heads.get(normalizedUrl(source.repoURL))?.find(({ ref }) => ref === headRef)
    return head === undefined ? status.revisions : [head.commit]
  }
}

interface Seen {
  readonly clusterObservedAt: string | undefined
  readonly headCheckedAt: string | null | undefined
}

/** Both sides were seen until the earlier of the two. */
function confirmed({ clusterObservedAt, headCheckedAt }: Seen): { readonly confirmedAt?: string } {
  if (clusterObservedAt === undefined || headCheckedAt === undefined) return {}
  const head = headCheckedAt ?? clusterObservedAt
  return { confirmedAt: head < clusterObservedAt ? head : clusterObservedAt }
}

function blindKindsOf(
  { resources }: ApplicationStatus,
  blind: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> | undefined {
  const own = new Set(resources.map(groupKindText))
  const kinds = Object.entries(blind).filter(([kind]) => own.has(kind))
  return kinds.length === 0 ? undefined : Object.fromEntries(kinds)
}

function isServer(server: string, spelled: string | undefined): boolean {
  return spelled !== undefined && canonicalServer(server) === canonicalServer(spelled)
}
