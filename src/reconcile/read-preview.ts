import type { Application } from '../engine/application/application.js'
import { planSync } from '../engine/sync/plan-sync.js'
import { previewSync } from '../engine/sync/preview-sync.js'
import type { SyncRequest } from '../engine/sync/operation.js'
import type { PlanInput, PruneLimits, SyncPlan } from '../engine/sync/sync-plan.js'
import type { PreviewedObject, SyncBlock, SyncPreview } from '../engine/sync/sync-preview.js'
import type { ClusterSession } from './cluster-session.js'
import type { Comparison } from './comparison.js'
import { planInput } from './plan-input.js'
import { optionsOf, refuseSync } from './refuse-sync.js'

export interface SyncLimits {
  readonly dryRunFirst: 'auto' | 'always' | 'never'
  readonly prune?: PruneLimits
}

export interface ReadPreviewWish {
  readonly application: Application
  readonly session: ClusterSession
  readonly request: SyncRequest
  readonly limits: SyncLimits
}

/** What a sync with this request would make of what was compared. Nothing is changed, and no operation begins. */
export async function readPreview(comparison: Comparison, wish: ReadPreviewWish): Promise<SyncPreview> {
  const operation = { request: { ...wish.request, dryRun: false } }
  const input = planInput({ ...wish, comparison, operation })
  const plan = planSync(input)
  const preview = previewSync(plan, input, await newNamespace(plan, input, wish))
  const refusal = refuseSync({ ...wish, comparison, operation })
  return {
    ...preview,
    revisions: comparison.revisions,
    blocks: [
      ...(comparison.errors.length > 0 ? incomplete(comparison) : preview.blocks),
      ...(refusal === undefined ? [] : [{ kind: 'option' as const, reason: refusal }]),
    ],
    warnings: comparison.warnings.map(({ message }) => message),
  }
}

function incomplete({ errors, blind }: Comparison): readonly SyncBlock[] {
  return errors.map((reason) => ({ kind: reason === blind ? 'cluster' : 'render', reason }))
}

/** The namespace that `CreateNamespace=true` would make first. */
async function newNamespace(
  plan: SyncPlan,
  input: PlanInput,
  { application, session, request }: ReadPreviewWish,
): Promise<readonly PreviewedObject[]> {
  const name = application.spec.destination.namespace
  const isWanted = optionsOf({ application, operation: { request } }).createNamespace
  const isApplied = plan.waves.length > 0 && input.targets.some(({ state }) => state !== 'inSync')
  if (name === undefined || !isWanted || !isApplied) return []
  const key = { group: '', kind: 'Namespace', namespace: '', name }
  if (input.targets.some((target) => target.key.kind === 'Namespace' && target.key.name === name)) return []
  if ((await session.cluster.get(key)) !== undefined) return []
  return [
    { ...key, version: 'v1', outcome: 'created', mode: 'apply', reason: 'CreateNamespace=true asks for it.' },
  ]
}
