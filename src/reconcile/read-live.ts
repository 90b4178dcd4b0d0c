import { AppError } from '../base/app-error.js'
import {
  LiveReads,
  type LogsWish,
  type ManifestsWish,
  type PreviewWish,
  type ResourceDiff,
  type ResourceTree,
  type TreeChange,
} from '../applications/live-reads.js'
import type { Application } from '../engine/application/application.js'
import { maskSecret } from '../engine/diff/mask-secret.js'
import type { LogLine } from '../engine/logs/log-line.js'
import type { Manifest } from '../engine/manifest/manifest.js'
import { resourceKeyText, type ResourceKey } from '../engine/manifest/resource-key.js'
import type { ObjectEvent } from '../engine/tree/object-event.js'
import type { SyncPreview } from '../engine/sync/sync-preview.js'
import type { Desired } from '../store/records.js'
import type { Stores } from '../store/stores.js'
import type { ClusterSession } from './cluster-session.js'
import type { ClusterSessions } from './cluster-sessions.js'
import type { CompareApplication, CompareRequest } from './compare-application.js'
import { followTree } from './follow-tree.js'
import { forbiddenBy } from './project-gate.js'
import { readDiff } from './read-diff.js'
import { readEvents } from './read-events.js'
import { readPreview, type SyncLimits } from './read-preview.js'
import { readLogs } from './read-logs.js'
import { readTree, rootsOf } from './read-tree.js'

/** Live objects are read so many at once. */
const AT_ONCE = 16

export interface OwnerLiveReadsDeps {
  readonly stores: Pick<Stores, 'applications' | 'projects' | 'operations' | 'applicationFacts'>
  readonly sessions: ClusterSessions
  readonly compare: CompareApplication
  readonly limits: SyncLimits
}

interface Opened {
  readonly application: Application
  readonly session: ClusterSession
}

/** Live reads, answered by the process that owns the cluster. Secrets are masked before anything leaves. */
export class OwnerLiveReads extends LiveReads {
  readonly #deps: OwnerLiveReadsDeps

  constructor(deps: OwnerLiveReadsDeps) {
    super()
    this.#deps = deps
  }

  async diff(applicationId: string, predict = false): Promise<readonly ResourceDiff[]> {
    const request = await this.#request(applicationId)
    const comparison = await this.#deps.compare.run(request)
    if (comparison.errors.length > 0) throw new AppError('BAD_USER_INPUT', comparison.errors.join('\n'))
    return readDiff(comparison, { ...request, predict })
  }

  async preview(applicationId: string, { request, deployment }: PreviewWish): Promise<SyncPreview> {
    const wanted = await this.#request(applicationId)
    const desired = await this.#earlier(wanted, deployment)
    const comparison = await this.#deps.compare.run({ ...wanted, desired })
    const preview = await readPreview(comparison, { ...wanted, request, limits: this.#deps.limits })
    const facts = await this.#deps.stores.applicationFacts.of(applicationId, { status: false })
    const reason = facts && forbiddenBy(wanted.project, facts, wanted.session.record)
    if (reason === undefined) return preview
    return { ...preview, blocks: [{ kind: 'project', reason }, ...preview.blocks] }
  }

  async live(applicationId: string, key: ResourceKey): Promise<Manifest | undefined> {
    const opened = await this.#open(applicationId)
    if (!(await this.#belongs(opened, key))) return undefined
    const live = await opened.session.cluster.get(key)
    return live === undefined ? undefined : maskSecret(undefined, live).live
  }

  async manifests(applicationId: string, wish: ManifestsWish): Promise<readonly Manifest[]> {
    if (wish.source === 'live') return this.#liveManifests(await this.#open(applicationId))
    const { desired, ...request } = await this.#request(applicationId)
    const renderKeys = await this.#renderKeys(applicationId, desired, wish.deployment)
    const targets = await this.#deps.compare.targets({ ...request, desired: { ...desired, renderKeys } })
    return targets.map(({ manifest }) => maskSecret(manifest, undefined).desired ?? manifest)
  }

  async orphans(applicationId: string): Promise<readonly ResourceKey[]> {
    return (await this.#deps.compare.run(await this.#request(applicationId))).orphans
  }

  async tree(applicationId: string): Promise<ResourceTree> {
    return this.#tree(await this.#open(applicationId))
  }

  async *treeChanges(applicationId: string, signal: AbortSignal): AsyncIterable<TreeChange> {
    const opened = await this.#open(applicationId)
    const { children } = opened.session
    const read = (): Promise<ResourceTree> => this.#tree(opened)
    yield* followTree({ read, onChange: (listener) => children.onChange(listener) }, signal)
  }

  async events(applicationId: string, about?: ResourceKey): Promise<readonly ObjectEvent[]> {
    const opened = await this.#open(applicationId)
    const { nodes } = await this.#tree(opened)
    const meant = about === undefined ? nodes : nodes.filter(isSame(about))
    return readEvents(meant, opened)
  }

  async *logs(applicationId: string, wish: LogsWish, signal: AbortSignal): AsyncIterable<readonly LogLine[]> {
    const opened = await this.#open(applicationId)
    const { nodes } = await this.#tree(opened)
    yield* readLogs({ nodes, cluster: opened.session.cluster }, wish, signal)
  }

  async #tree(opened: Opened): Promise<ResourceTree> {
    return readTree({ ...opened, resources: await this.#resources(opened) })
  }

  async #resources({ application }: Opened) {
    return (await this.#deps.stores.applications.status(application.id))?.resources ?? []
  }

  /** Managed, or come of what is managed. */
  async #belongs(opened: Opened, key: ResourceKey): Promise<boolean> {
    if (opened.session.forms.get(key)?.applicationId === opened.application.id) return true
    const { nodes } = await this.#tree(opened)
    return nodes.some(isSame(key))
  }

  async #liveManifests(opened: Opened): Promise<readonly Manifest[]> {
    const roots = rootsOf({ ...opened, resources: await this.#resources(opened) })
    const keys = roots.filter(({ uid }) => uid !== '')
    const found: Manifest[] = []
    for (let at = 0; at < keys.length; at += AT_ONCE) {
      const some = keys
        .slice(at, at + AT_ONCE)
        .map(({ group, kind, namespace, name }) =>
          opened.session.cluster.get({ group, kind, namespace, name }),
        )
      for (const live of await Promise.all(some)) {
        const shown = live === undefined ? undefined : maskSecret(undefined, live).live
        if (shown !== undefined) found.push(shown)
      }
    }
    return found
  }

  async #renderKeys(applicationId: string, desired: Desired, deployment: number | undefined) {
    if (deployment === undefined && desired.error !== undefined)
      throw new AppError('BAD_USER_INPUT', desired.error)
    if (deployment === undefined) return desired.renderKeys
    return (await this.#deployment(applicationId, deployment)).renderKeys
  }

  async #deployment(applicationId: string, number: number) {
    const found = await this.#deps.stores.operations.deployment(applicationId, number)
    if (found === undefined) throw new AppError('NOT_FOUND', `Deployment ${number} is not in the history.`)
    return found
  }

  /** What is declared now must be of the spec as it is now; a deployment is what it was. */
  async #earlier({ application, desired }: CompareRequest, deployment: number | undefined): Promise<Desired> {
    if (deployment === undefined && desired.generation !== application.generation)
      throw notRendered(application)
    if (deployment === undefined) return desired
    const { error: _now, ...rest } = desired
    const { revisions, renderKeys } = await this.#deployment(application.id, deployment)
    return { ...rest, revisions, renderKeys }
  }

  async #request(applicationId: string): Promise<CompareRequest> {
    const { applications, projects } = this.#deps.stores
    const { application, session } = await this.#open(applicationId)
    const desired = await applications.desired(applicationId)
    const project = await projects.byName(application.spec.project)
    if (desired !== undefined && project !== undefined) return { application, project, desired, session }
    throw notRendered(application)
  }

  async #open(applicationId: string): Promise<Opened> {
    const application = await this.#deps.stores.applications.get(applicationId)
    if (application === undefined) throw new AppError('NOT_FOUND', 'The application does not exist.')
    return { application, session: await this.#deps.sessions.of(application.spec.destination) }
  }
}

function notRendered({ name }: Application): AppError {
  return new AppError('NOT_FOUND', `Application "${name}" was not rendered yet. Try again in a moment.`)
}

function isSame(key: ResourceKey): (other: ResourceKey) => boolean {
  const text = resourceKeyText(key)
  return (other) => resourceKeyText(other) === text
}
