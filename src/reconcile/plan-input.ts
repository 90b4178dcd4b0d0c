import type { Application } from '../engine/application/application.js'
import { syncOptions } from '../engine/application/sync-options.js'
import { applicationTrackingName } from '../engine/manifest/tracking.js'
import { isRecord, textAt, valueAt } from '../engine/manifest/read-json.js'
import type { GroupKind } from '../engine/manifest/resource-key.js'
import { isDeletionApproved } from '../engine/sync/deletion-approval.js'
import type { Operation } from '../engine/sync/operation.js'
import type { InventoryItem, PlanInput, PruneLimits, SyncTarget } from '../engine/sync/sync-plan.js'
import { syncWave } from '../engine/sync/sync-wave.js'
import type { Manifest } from '../engine/manifest/manifest.js'
import type { ClusterSession } from './cluster-session.js'
import type { ComparedTarget, Comparison, ExtraObject } from './comparison.js'

export interface PlanRequest {
  readonly application: Application
  readonly operation: Pick<Operation, 'request'> & Partial<Pick<Operation, 'startedAt'>>
  readonly comparison: Comparison
  readonly session: ClusterSession
  readonly limits: { readonly dryRunFirst: 'auto' | 'always' | 'never'; readonly prune?: PruneLimits }
}

/** The facts that the engine plans from. */
export function planInput(request: PlanRequest): PlanInput {
  const { application, operation, comparison, limits } = request
  const own = application.spec.syncPolicy?.syncOptions ?? []
  const sources = {
    application: own,
    ...(operation.request.syncOptions && { operation: operation.request.syncOptions }),
  }
  const mine = comparison.targets.filter((compared) => compared.claimedBy === undefined)
  return {
    targets: mine.map((compared) => syncTarget(compared, sources)),
    inventory: [
      ...mine.map((compared) => declaredItem(compared, request)),
      ...comparison.extras.map((extra) => inventoryItem(extra, request)),
    ].flat(),
    renderComplete: comparison.errors.length === 0,
    request: operation.request,
    options: syncOptions(sources),
    allowEmpty: application.spec.syncPolicy?.automated?.allowEmpty === true,
    dryRunFirst: limits.dryRunFirst,
    approved: isApproved(request),
    ...(limits.prune === undefined ? {} : { pruneLimits: limits.prune }),
  }
}

/** What has not begun cannot have been agreed to. */
function isApproved({ application, operation }: PlanRequest): boolean {
  return operation.startedAt !== undefined && isDeletionApproved(application.annotations, operation.startedAt)
}

type OptionSources = { readonly application: readonly string[]; readonly operation?: readonly string[] }

function syncTarget({ target, state, live }: ComparedTarget, sources: OptionSources): SyncTarget {
  const defines = definedKind(target.manifest)
  return {
    key: target.key,
    version: target.version,
    wave: target.wave,
    options: syncOptions({ ...sources, annotations: target.manifest.metadata.annotations ?? {} }),
    missingKind: target.missingKind,
    state,
    ...(live === undefined ? {} : { liveUid: live.uid }),
    ...(defines === undefined ? {} : { defines }),
  }
}

/** An object of the sources that we applied before counts for the blast radius. */
function declaredItem(compared: ComparedTarget, request: PlanRequest): readonly InventoryItem[] {
  if (compared.target.implied === true) return []
  const object = request.session.forms.get(compared.target.key)
  if (object?.applicationId !== request.application.id) return []
  return [inventoryItem({ object, live: compared.live }, request)]
}

function inventoryItem(
  { object, live, forbidden }: ExtraObject,
  { application, session, operation }: PlanRequest,
): InventoryItem {
  const { group, kind, namespace, name, version } = object
  const key = { group, kind, namespace, name }
  if (session.blindTo(key) !== undefined) return { key, version, live: 'unknown' }
  if (live === undefined) return { key, version, live: undefined }
  const annotations = live.annotations ?? {}
  const own = application.spec.syncPolicy?.syncOptions ?? []
  const sources = {
    application: own,
    ...(operation.request.syncOptions && { operation: operation.request.syncOptions }),
  }
  return {
    key,
    version,
    live: {
      uid: live.uid,
      trackedByThisApplication: live.application === applicationTrackingName(application),
      options: syncOptions({ ...sources, annotations }),
      wave: syncWave(annotations),
      ...(live.deleting ? { deleting: true } : {}),
      ...(forbidden === undefined ? {} : { forbidden }),
    },
  }
}

function definedKind(manifest: Manifest): GroupKind | undefined {
  if (manifest.kind !== 'CustomResourceDefinition') return undefined
  const spec = manifest['spec']
  if (!isRecord(spec)) return undefined
  const group = textAt(spec, 'group')
  const kind = textAt(valueAt(spec, 'names'), 'kind')
  return group === undefined || kind === undefined ? undefined : { group, kind }
}
