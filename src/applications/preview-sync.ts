import type { Principal } from '../engine/access/principal.js'
import type { Application } from '../engine/application/application.js'
import type { SyncBlock, SyncPreview } from '../engine/sync/sync-preview.js'
import type { ApplicationStore } from '../store/application-store.js'
import type { OperationStore } from '../store/operation-store.js'
import { openApplication, refuseApplication, type ApplicationName } from './application-access.js'
import type { CheckSyncWindows } from './check-sync-windows.js'
import type { LiveReads, PreviewWish } from './live-reads.js'

export interface PreviewSyncDeps {
  readonly applications: ApplicationStore
  readonly operations: Pick<OperationStore, 'active'>
  readonly windows: CheckSyncWindows
  readonly liveReads: LiveReads
}

/** Tells a sync in advance: what it would do, what keeps it from going on, and whether the caller may ask for it. */
export class PreviewSync {
  private readonly deps: PreviewSyncDeps

  constructor(deps: PreviewSyncDeps) {
    this.deps = deps
  }

  async run(principal: Principal, name: ApplicationName, wish: PreviewWish): Promise<SyncPreview> {
    const { applications, liveReads } = this.deps
    const application = await openApplication(applications, principal, { name, action: 'get' })
    const [preview, blocks] = await Promise.all([
      liveReads.preview(application.id, wish),
      this.blocks(principal, application),
    ])
    return { ...preview, blocks: [...blocks, ...preview.blocks] }
  }

  private async blocks(principal: Principal, application: Application): Promise<readonly SyncBlock[]> {
    const { windows, operations } = this.deps
    const { canSyncManually, why = '' } = await windows.run(application)
    const active = await operations.active(application.id)
    const running = active && `Operation ${active.id} runs: ${active.message}. Wait for it, or terminate it.`
    const going = application.deletion && 'The application is being deleted.'
    const closed = canSyncManually ? undefined : why
    return [
      ...block('permission', refuseApplication(principal, 'sync', application)),
      ...block('deletion', going),
      ...block('operation', running),
      ...block('window', closed),
    ]
  }
}

function block(kind: SyncBlock['kind'], reason: string | undefined): readonly SyncBlock[] {
  return reason === undefined ? [] : [{ kind, reason }]
}
