import { AppError } from '../base/app-error.js'
import { applicationObject } from '../engine/access/application-object.js'
import { decide } from '../engine/access/decide.js'
import type { Principal } from '../engine/access/principal.js'
import type { Application } from '../engine/application/application.js'
import type { LogLine } from '../engine/logs/log-line.js'
import type { Manifest } from '../engine/manifest/manifest.js'
import type { ResourceKey } from '../engine/manifest/resource-key.js'
import type { ObjectEvent } from '../engine/tree/object-event.js'
import type { ApplicationStore } from '../store/application-store.js'
import type { OperationStore } from '../store/operation-store.js'
import { openApplication, refuseApplication, type ApplicationName } from './application-access.js'
import type { LiveReads, LogsWish, ManifestsWish, ResourceTree, TreeChange } from './live-reads.js'
import { withoutSecretValues } from './without-secret-values.js'

/** How far back a revision is looked for in the history. */
const HISTORY = 100

export interface LookIntoApplicationDeps {
  readonly applications: ApplicationStore
  readonly operations: OperationStore
  readonly liveReads: LiveReads
}

/** A stream, and whether the principal may still have it. */
export interface OpenedStream<T> {
  readonly open: (signal: AbortSignal) => AsyncIterable<T>
  /** Asks for the application again: rights and project may have changed. */
  readonly permits: (principal: Principal) => Promise<boolean>
}

/** What runs of an application, for whoever may see it. Secret values never leave. */
export class LookIntoApplication {
  readonly #deps: LookIntoApplicationDeps

  constructor(deps: LookIntoApplicationDeps) {
    this.#deps = deps
  }

  async tree(principal: Principal, name: ApplicationName): Promise<ResourceTree> {
    return this.#deps.liveReads.tree((await this.#open(principal, name)).id)
  }

  async orphans(principal: Principal, name: ApplicationName): Promise<readonly ResourceKey[]> {
    return this.#deps.liveReads.orphans((await this.#open(principal, name)).id)
  }

  async events(
    principal: Principal,
    name: ApplicationName,
    about?: ResourceKey,
  ): Promise<readonly ObjectEvent[]> {
    return this.#deps.liveReads.events((await this.#open(principal, name)).id, about)
  }

  /** `revision` is one that was deployed; NOT_FOUND says what to do when it was not. */
  async manifests(
    principal: Principal,
    name: ApplicationName,
    { revision, ...wish }: ManifestsWish & { readonly revision?: string },
  ): Promise<readonly Manifest[]> {
    const { id } = await this.#open(principal, name)
    const deployment = revision === undefined ? wish.deployment : await this.#deploymentOf(id, revision)
    const asked = { source: wish.source, ...(deployment !== undefined && { deployment }) }
    return (await this.#deps.liveReads.manifests(id, asked)).map(withoutSecretValues)
  }

  async treeChanges(principal: Principal, name: ApplicationName): Promise<OpenedStream<TreeChange>> {
    const { id } = await this.#open(principal, name)
    return {
      open: (signal) => this.#deps.liveReads.treeChanges(id, signal),
      permits: async (now) => (await this.#visible(now, id)) !== undefined,
    }
  }

  /** Needs `logs, get` beside `applications, get`, as Argo CD has it. */
  async logs(
    principal: Principal,
    name: ApplicationName,
    wish: LogsWish,
  ): Promise<OpenedStream<readonly LogLine[]>> {
    const application = await this.#open(principal, name)
    const reason = refuseLogs(principal, application)
    if (reason !== undefined)
      throw new AppError('FORBIDDEN', `Cannot read logs of application "${application.name}": ${reason}`)
    return {
      open: (signal) => this.#deps.liveReads.logs(application.id, wish, signal),
      permits: async (now) => {
        const found = await this.#visible(now, application.id)
        return found !== undefined && refuseLogs(now, found) === undefined
      },
    }
  }

  #open(principal: Principal, name: ApplicationName): Promise<Application> {
    return openApplication(this.#deps.applications, principal, { name, action: 'get' })
  }

  async #visible(principal: Principal, id: string): Promise<Application | undefined> {
    const found = await this.#deps.applications.get(id)
    return found !== undefined && refuseApplication(principal, 'get', found) === undefined ? found : undefined
  }

  async #deploymentOf(applicationId: string, revision: string): Promise<number | undefined> {
    const { applications, operations } = this.#deps
    const starts = (commit: string): boolean => commit.startsWith(revision)
    const desired = await applications.desired(applicationId)
    if (desired?.revisions.some(starts) === true) return undefined
    const found = (await operations.deployments(applicationId, HISTORY)).find(({ revisions }) =>
      revisions.some(starts),
    )
    if (found !== undefined) return found.number
    const message = `Revision "${revision}" is neither declared now nor in the history: only what was rendered can be shown. Give a commit of "lockstep app history".`
    throw new AppError('NOT_FOUND', message)
  }
}

function refuseLogs(principal: Principal, application: Application): string | undefined {
  return decide(principal, 'logs', 'get', applicationObject(application.spec.project, application))
}
