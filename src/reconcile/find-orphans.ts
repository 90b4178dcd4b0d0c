import type { Application } from '../engine/application/application.js'
import type { ApiKind } from '../engine/manifest/api-catalog.js'
import { keyOf, type Manifest } from '../engine/manifest/manifest.js'
import { groupKindText, resourceKeyText, type ResourceKey } from '../engine/manifest/resource-key.js'
import { trackedBy } from '../engine/manifest/tracking.js'
import { orphanedObjects } from '../engine/project/orphaned-objects.js'
import type { Project } from '../engine/project/project.js'
import type { ApplicationStore } from '../store/application-store.js'
import type { ClusterSession } from './cluster-session.js'

export interface FindOrphansDeps {
  readonly applications: Pick<ApplicationStore, 'byName'>
  /** Milliseconds that only grow. */
  readonly monotonic: () => number
}

export interface OrphansRequest {
  readonly application: Application
  readonly project: Project
  readonly session: ClusterSession
}

/** A top-level object of a namespace, and the application that it says it belongs to. */
interface TopLevel {
  readonly key: ResourceKey
  readonly application?: string
}

interface Look {
  readonly at: number
  readonly found: Promise<readonly TopLevel[]>
}

/** A namespace is listed at most so often, however many applications are in it. */
export const ORPHANS_KNOWN_FOR_SECONDS = 180
const LISTS_AT_ONCE = 8
/** Made by the cluster itself in great number; nobody declares them. */
const NEVER_DECLARED = new Set([
  '/Endpoints',
  '/Event',
  'events.k8s.io/Event',
  'discovery.k8s.io/EndpointSlice',
  'coordination.k8s.io/Lease',
  'metrics.k8s.io/PodMetrics',
])

/**
 * The objects in the namespace of an application that belong to no application (contract 1.3). They are listed, not
 * watched: watches of every kind would cost every cluster memory for what few projects ask.
 */
export class FindOrphans {
  readonly #deps: FindOrphansDeps
  readonly #looks = new WeakMap<ClusterSession, Map<string, Look>>()

  constructor(deps: FindOrphansDeps) {
    this.#deps = deps
  }

  /** Empty when the project does not ask. `declared` by `resourceKeyText`: what is not applied yet is no orphan. */
  async run(
    { application, project, session }: OrphansRequest,
    declared: ReadonlySet<string>,
  ): Promise<readonly ResourceKey[]> {
    const { namespace = '' } = application.spec.destination
    if (project.spec.orphanedResources === undefined || namespace === '') return []
    const loose: ResourceKey[] = []
    const owners = new Map<string, Promise<boolean>>()
    for (const { key, application: owner } of await this.#topLevel(session, namespace)) {
      if (session.forms.get(key) !== undefined || declared.has(resourceKeyText(key))) continue
      if (owner !== undefined && (await this.#exists(owner, owners))) continue
      loose.push(key)
    }
    return orphanedObjects(project, loose)
  }

  #topLevel(session: ClusterSession, namespace: string): Promise<readonly TopLevel[]> {
    const looks = this.#looks.get(session) ?? new Map<string, Look>()
    this.#looks.set(session, looks)
    const now = this.#deps.monotonic()
    const known = looks.get(namespace)
    if (known !== undefined && now - known.at < ORPHANS_KNOWN_FOR_SECONDS * 1000) return known.found
    const found = listTopLevel(session, namespace)
    looks.set(namespace, { at: now, found })
    found.catch(() => looks.delete(namespace))
    return found
  }

  /** An id of an application that is gone makes an orphan. */
  #exists(owner: string, asked: Map<string, Promise<boolean>>): Promise<boolean> {
    const separator = owner.indexOf('_')
    const namespace = separator < 0 ? 'argocd' : owner.slice(0, separator)
    const answer =
      asked.get(owner) ??
      this.#deps.applications
        .byName(namespace, owner.slice(separator + 1))
        .then((found) => found !== undefined)
    asked.set(owner, answer)
    return answer
  }
}

/** Kinds that may not be listed are left out: whom the cluster tells nothing can warn of nothing. */
async function listTopLevel(session: ClusterSession, namespace: string): Promise<readonly TopLevel[]> {
  const { kinds } = await session.cluster.catalog()
  const wanted = [...kinds.values()].filter(isLookedAt)
  const byUid = new Map<string, TopLevel>()
  for (let at = 0; at < wanted.length; at += LISTS_AT_ONCE) {
    const some = wanted.slice(at, at + LISTS_AT_ONCE)
    const lists = await Promise.allSettled(some.map((kind) => session.cluster.list(kind, namespace)))
    for (const list of lists) {
      if (list.status === 'rejected') continue
      for (const object of list.value.filter(isTopLevel)) byUid.set(uidOf(object), topLevel(object))
    }
  }
  return [...byUid.values()]
}

function isLookedAt(kind: ApiKind): boolean {
  return kind.namespaced && kind.verbs.includes('list') && !NEVER_DECLARED.has(groupKindText(kind))
}

function isTopLevel({ metadata }: Manifest): boolean {
  const owners = metadata['ownerReferences']
  return !Array.isArray(owners) || owners.length === 0
}

/** One object may be served by several groups. */
function uidOf(object: Manifest): string {
  const { uid } = object.metadata
  return typeof uid === 'string' ? uid : resourceKeyText(keyOf(object))
}

function topLevel(object: Manifest): TopLevel {
  const owner = trackedBy(object)?.application
  return { key: keyOf(object), ...(owner !== undefined && { application: owner }) }
}
