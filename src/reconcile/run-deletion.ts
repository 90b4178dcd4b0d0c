import { AppError } from '../base/app-error.js'
import type { Clock } from '../base/clock.js'
import { applicationTrackingName } from '../engine/manifest/tracking.js'
import type { Application, Deletion } from '../engine/application/application.js'
import { permitsObject } from '../engine/project/permits-application.js'
import type { Project } from '../engine/project/project.js'
import { syncOptions, type PruneOption } from '../engine/application/sync-options.js'
import { resourceKeyText } from '../engine/manifest/resource-key.js'
import { confirmationWish, isDeletionApproved } from '../engine/sync/deletion-approval.js'
import type { Operation } from '../engine/sync/operation.js'
import { syncWave } from '../engine/sync/sync-wave.js'
import type { ApplicationStore } from '../store/application-store.js'
import type { OperationStore } from '../store/operation-store.js'
import type { Fence, ManagedObject } from '../store/records.js'
import type { ClusterSession } from './cluster-session.js'
import type { LiveRecord } from './live-index.js'
import { proveAbsence } from './prove-absence.js'
import { applicationAudit, prunedObjects } from './sync-audit.js'

const WAIT_SECONDS = 2
const CONFIRM_SECONDS = 5

export interface RunDeletionDeps {
  readonly applications: ApplicationStore
  readonly operations: OperationStore
  readonly clock: Clock
}

export interface DeletionContext {
  readonly application: Application
  readonly deletion: Deletion
  readonly operation: Operation | undefined
  /** Absent when the objects stay: then no cluster is asked. */
  readonly session: ClusterSession | undefined
  /** Whose rules hold for what is deleted; absent when it is gone. */
  readonly project: Project | undefined
}

interface Going {
  readonly object: ManagedObject
  readonly live: LiveRecord
}

/** Deletes the tracked objects of an application in reverse wave order, then its row. Proof as for pruning. */
export class RunDeletion {
  readonly #deps: RunDeletionDeps

  constructor(deps: RunDeletionDeps) {
    this.#deps = deps
  }

  /** Answers when to come back; undefined when the application is gone. */
  async run(context: DeletionContext): Promise<number | undefined> {
    const { application, deletion, session } = context
    // Read before what is live: an owner that was replaced since must not conclude that all is gone.
    const fence = session?.fence
    if (deletion.cascade && session !== undefined) {
      const going = await this.#going(application, session)
      if (going.length > 0) {
        refuseForbidden(context, session, going)
        const wish = confirmationOf(context, going)
        if (wish !== undefined) return await this.#wait(context, wish, fence)
        await this.#deleteLastWave(going, session, deletion)
        return WAIT_SECONDS
      }
      const gone = session.forms
        .ofApplication(application.id)
        .filter((object) => session.live.get(object) === undefined)
      await proveAbsence(gone, session)
    }
    await this.#close(context, fence)
    return undefined
  }

  /** Nothing goes before a person agrees. */
  async #wait({ operation }: DeletionContext, message: string, fence?: Fence): Promise<number> {
    if (operation !== undefined && operation.message !== message)
      await this.#deps.operations.save({ ...operation, message }, fence)
    return CONFIRM_SECONDS
  }

  async #going(application: Application, session: ClusterSession): Promise<readonly Going[]> {
    const inventory = session.forms.ofApplication(application.id)
    await session.observe(inventory)
    const mine = applicationTrackingName(application)
    return inventory.flatMap((object) => {
      const live = session.live.get(object)
      if (live === undefined || live.application !== mine) return []
      return deleteOption(application, live) === false ? [] : [{ object, live }]
    })
  }

  async #deleteLastWave(going: readonly Going[], session: ClusterSession, deletion: Deletion): Promise<void> {
    const last = Math.max(...going.map(({ live }) => syncWave(live.annotations)))
    const wave = going.filter(({ live }) => syncWave(live.annotations) === last && !live.deleting)
    await Promise.all(
      wave.map(async ({ object, live }) => {
        await session.cluster.delete(object, { uid: live.uid, propagation: deletion.propagation })
        session.live.deleting(object)
      }),
    )
  }

  async #close({ application, deletion, operation, session }: DeletionContext, fence?: Fence): Promise<void> {
    const inventory = deletion.cascade ? (session?.forms.ofApplication(application.id) ?? []) : []
    const audit = applicationAudit(application, {
      actor: operation?.initiatedBy.username ?? 'system',
      action: 'finish-deletion',
      ...(operation && { operation: operation.id }),
      details: prunedObjects(inventory),
    })
    if (operation !== undefined) {
      const finishedAt = new Date(this.#deps.clock.now()).toISOString()
      const message = 'The application and what it was to take along are deleted.'
      await this.#deps.operations.finish(
        { ...operation, phase: 'Succeeded', message, finishedAt },
        { audit, doorbells: [] },
        { fence },
      )
    }
    const removal = { audit: { ...audit, action: 'remove-application', details: {} }, doorbells: [] }
    await this.#deps.applications.remove(application.id, removal, fence)
    session?.forms.forget(application.id)
  }
}

/** All or nothing: an application that is half deleted is nobody's. */
function refuseForbidden(
  { application, project }: DeletionContext,
  { record }: ClusterSession,
  going: readonly Going[],
): void {
  if (project === undefined) return
  for (const { object } of going) {
    const reason = permitsObject(project, record, { ...object, namespaced: object.namespace !== '' })
    if (reason === undefined) continue
    throw new AppError(
      'BAD_USER_INPUT',
      `Cannot delete ${object.kind} "${object.name}" of application "${application.name}": ${reason} Nothing was deleted.`,
    )
  }
}

/** `Delete=false` keeps an object when its application goes, `Delete=confirm` asks a person first. */
function deleteOption({ spec }: Application, { annotations = {} }: LiveRecord): PruneOption {
  return syncOptions({ application: spec.syncPolicy?.syncOptions ?? [], annotations }).delete
}

/** What a person must agree to before anything is deleted, as a sentence. */
function confirmationOf(
  { application, deletion }: DeletionContext,
  going: readonly Going[],
): string | undefined {
  if (isDeletionApproved(application.annotations, deletion.requestedAt)) return undefined
  const asking = going.filter(({ live }) => !live.deleting && deleteOption(application, live) === 'confirm')
  if (asking.length === 0) return undefined
  const names = asking.map(({ object }) => resourceKeyText(object))
  return confirmationWish(application.name, names)
}
