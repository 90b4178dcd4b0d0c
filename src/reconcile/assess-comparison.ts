import type { Application } from '../engine/application/application.js'
import { assessApplication, type AssessedResource } from '../engine/status/assess-application.js'
import type { ApplicationStatus, ConditionText } from '../engine/status/application-status.js'
import type { ComparedTarget, Comparison, ExtraObject } from './comparison.js'
import type { LiveRecord } from './live-index.js'

export interface AssessRequest {
  readonly application: Application
  readonly comparison: Comparison
  readonly syncError?: string
  /** ISO time. */
  readonly now: string
  readonly previous: ApplicationStatus | undefined
}

/** The status of an application as its comparison says; the rules are those of the engine. */
export function assessComparison(request: AssessRequest): ApplicationStatus {
  const { application, comparison, now, previous } = request
  return assessApplication({
    applicationId: application.id,
    generation: application.generation,
    revisions: comparison.revisions,
    resources: [...comparison.targets.map(ofTarget), ...comparison.extras.flatMap(ofExtra)],
    conditions: conditionsOf(request),
    now,
    previous,
  })
}

/** The status when there is no comparison: nothing is known, and why. */
export function unknownStatus(request: {
  readonly application: Application
  readonly message: string
  readonly type: ConditionText['type']
  readonly now: string
  readonly previous: ApplicationStatus | undefined
}): ApplicationStatus {
  const { application, message, type, now, previous } = request
  return assessApplication({
    applicationId: application.id,
    generation: application.generation,
    revisions: previous?.revisions ?? [],
    resources: (previous?.resources ?? []).map((resource) => ({ ...resource, status: 'Unknown' })),
    conditions: [{ type, message }],
    now,
    previous,
  })
}

function conditionsOf({ comparison, syncError }: AssessRequest): readonly ConditionText[] {
  const errors = comparison.errors.map((message): ConditionText => ({ type: 'ComparisonError', message }))
  const failure: readonly ConditionText[] =
    syncError === undefined ? [] : [{ type: 'SyncError', message: syncError }]
  return [...errors, ...failure, ...comparison.warnings]
}

function ofTarget({ target, state, live }: ComparedTarget): AssessedResource {
  return {
    ...target.key,
    version: target.version,
    status: state === 'inSync' ? 'Synced' : 'OutOfSync',
    syncWave: target.wave,
    ...(state === 'missing' ? { health: { status: 'Missing' } } : healthOf(live)),
    ...flags(live),
  }
}

function ofExtra({ object, live }: ExtraObject): readonly AssessedResource[] {
  if (live === undefined) return []
  const { group, kind, namespace, name, version } = object
  return [
    {
      group,
      kind,
      namespace,
      name,
      version,
      status: 'OutOfSync',
      requiresPruning: true,
      ...healthOf(live),
      ...flags(live),
    },
  ]
}

function healthOf(live: LiveRecord | undefined): Pick<AssessedResource, 'health'> {
  return live?.health === undefined ? {} : { health: live.health }
}

function flags(
  live: LiveRecord | undefined,
): Pick<AssessedResource, 'ignoreExtraneous' | 'ignoreHealthcheck'> {
  const annotations = live?.annotations ?? {}
  return {
    ...(annotations['argocd.argoproj.io/compare-options']?.includes('IgnoreExtraneous')
      ? { ignoreExtraneous: true }
      : {}),
    ...(annotations['argocd.argoproj.io/ignore-healthcheck'] === 'true' ? { ignoreHealthcheck: true } : {}),
  }
}
