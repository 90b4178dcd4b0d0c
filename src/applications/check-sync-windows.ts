import { AppError } from '../base/app-error.js'
import type { Clock } from '../base/clock.js'
import type { Application } from '../engine/application/application.js'
import { windowStates, windowVerdict, type WindowState } from '../engine/project/sync-windows.js'
import type { ClusterStore, ProjectStore } from '../store/directory-stores.js'

export interface CheckSyncWindowsDeps {
  readonly projects: Pick<ProjectStore, 'byName'>
  readonly clusters: Pick<ClusterStore, 'byServerOrName'>
  readonly clock: Clock
}

/** The sync windows of one application, now. */
export interface ApplicationWindows {
  readonly windows: readonly WindowState[]
  readonly canSyncAutomatically: boolean
  readonly canSyncManually: boolean
  /** Why one of both is not permitted, as a sentence with the time when it opens again. */
  readonly why?: string
}

/** What the windows of its project say about an application (contract 1.4, Sync windows). */
export class CheckSyncWindows {
  private readonly deps: CheckSyncWindowsDeps

  constructor(deps: CheckSyncWindowsDeps) {
    this.deps = deps
  }

  async run({ name, spec }: Application): Promise<ApplicationWindows> {
    const { projects, clusters, clock } = this.deps
    const windows = (await projects.byName(spec.project))?.spec.syncWindows ?? []
    if (windows.length === 0) return { windows: [], canSyncAutomatically: true, canSyncManually: true }
    const { destination } = spec
    const cluster = (await clusters.byServerOrName(destination.server, destination.name)) ?? {
      server: destination.server ?? '',
      name: destination.name ?? '',
    }
    const subject = { name, namespace: destination.namespace ?? '', cluster }
    const now = clock.now()
    const manually = windowVerdict(windows, subject, { manual: true, now })
    const automatically = windowVerdict(windows, subject, { manual: false, now })
    const why = manually.why ?? automatically.why
    return {
      windows: windowStates(windows, subject, now),
      canSyncAutomatically: automatically.permitted,
      canSyncManually: manually.permitted,
      ...(why === undefined ? {} : { why }),
    }
  }

  /** CONFLICT when a sync by hand is not permitted now; the sentence says when it is. */
  async refuse(application: Application): Promise<void> {
    const { canSyncManually, why = '' } = await this.run(application)
    if (!canSyncManually) {
      throw new AppError('CONFLICT', `Cannot sync application "${application.name}": ${why}`)
    }
  }
}
