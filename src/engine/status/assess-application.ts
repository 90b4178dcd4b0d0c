import type { Health } from '../health/health.js'
import { isWorse, worstHealth } from '../health/worst-health.js'
import type { TargetProblem } from '../manifest/build-targets.js'
import type {
  ApplicationStatus,
  Condition,
  ConditionText,
  ResourceStatus,
  SyncStatus,
} from './application-status.js'

/** One managed object, tracked or missing, as it was compared. The extra facts count but are not kept. */
export interface AssessedResource extends ResourceStatus {
  /** Annotation `compare-options: IgnoreExtraneous` on the live object: being extra does not matter. */
  readonly ignoreExtraneous?: boolean
  /** Annotation `argocd.argoproj.io/ignore-healthcheck: "true"` on the live object. */
  readonly ignoreHealthcheck?: boolean
}

export interface AssessmentInput {
  readonly applicationId: string
  readonly generation: number
  readonly revisions: readonly string[]
  /** All managed objects; a missing one is OutOfSync with health Missing. */
  readonly resources: readonly AssessedResource[]
  /** Declared objects that are no targets: the comparison is incomplete. */
  readonly problems?: readonly TargetProblem[]
  readonly conditions?: readonly ConditionText[]
  /** ISO time of the comparison. */
  readonly now: string
  /** The status before: conditions that go on keep their time. */
  readonly previous?: ApplicationStatus | undefined
}

/** Causes named in a health message; the rest is counted. */
const MAX_CAUSES = 3

/**
 * The status of an application from those of its objects (contract 1.2, 1.5). OutOfSync as soon as one object differs,
 * is missing or is extra; Unknown when the comparison failed or is incomplete, never green then. Health is the worst
 * of the managed objects, with the objects that cause it in the message.
 */
export function assessApplication(input: AssessmentInput): ApplicationStatus {
  const conditions = datedConditions(input)
  const failed = conditions.some(({ type }) => type === 'ComparisonError' || type === 'InvalidSpecError')
  return {
    applicationId: input.applicationId,
    sync: failed ? 'Unknown' : syncOf(input.resources),
    health: healthOf(input.resources, failed),
    revisions: input.revisions,
    conditions,
    resources: input.resources.map(withoutExtraFacts),
    observedGeneration: input.generation,
    observedAt: input.now,
  }
}

function syncOf(resources: readonly AssessedResource[]): SyncStatus {
  const counted = resources.filter((resource) => !(resource.requiresPruning && resource.ignoreExtraneous))
  if (counted.some((resource) => resource.requiresPruning || resource.status === 'OutOfSync'))
    return 'OutOfSync'
  return counted.some((resource) => resource.status === 'Unknown') ? 'Unknown' : 'Synced'
}

/**
 * A missing object alone says nothing (OutOfSync says it already), unless none is live at all. Nothing known and no
 * comparison: Unknown, for an application that could not be read is not a healthy one.
 */
function healthOf(resources: readonly AssessedResource[], failed: boolean): Health {
  const counted = resources.filter((resource) => !resource.ignoreHealthcheck)
  if (counted.length === 0 && failed) {
    return { status: 'Unknown', message: 'The comparison failed: see the conditions' }
  }
  const live = counted.filter((resource) => !isMissing(resource))
  if (counted.length > 0 && live.length === 0)
    return { status: 'Missing', message: 'None of the resources is live' }
  const judged = live.filter((resource) => !isUnreadableChild(resource))
  const worst = worstHealth(judged.flatMap((resource) => resource.health ?? []))
  if (worst.status === 'Healthy') return { status: 'Healthy' }
  return { status: worst.status, message: causes(judged, worst) }
}

function isMissing(resource: AssessedResource): boolean {
  return resource.health?.status === 'Missing'
}

/** A child Application that is Unknown does not pull its parent down. */
function isUnreadableChild({ group, kind, health }: AssessedResource): boolean {
  return group === 'argoproj.io' && kind === 'Application' && health?.status === 'Unknown'
}

function causes(resources: readonly AssessedResource[], worst: Health): string {
  const guilty = resources.filter(
    ({ health }) => health !== undefined && !isWorse(health.status, worst.status),
  )
  const named = guilty.slice(0, MAX_CAUSES).map(cause)
  const rest = guilty.length - named.length
  return rest > 0 ? `${named.join('; ')}; and ${rest} more` : named.join('; ')
}

function cause({ kind, namespace, name, health }: AssessedResource): string {
  const object = namespace === '' ? `${kind} ${name}` : `${kind} ${namespace}/${name}`
  return health?.message ? `${object}: ${health.message}` : object
}

function datedConditions(input: AssessmentInput): readonly Condition[] {
  const problems = (input.problems ?? []).map(({ message }): ConditionText => ({
    type: 'ComparisonError',
    message,
  }))
  const all = [...(input.conditions ?? []), ...problems]
  const distinct = new Map(all.map((condition) => [`${condition.type} ${condition.message}`, condition]))
  return [...distinct.values()].map((condition) => ({
    type: condition.type,
    message: condition.message,
    lastTransitionTime: sinceWhen(condition, input),
  }))
}

function sinceWhen(condition: ConditionText, { previous, now }: AssessmentInput): string {
  const same = previous?.conditions.find(
    ({ type, message }) => type === condition.type && message === condition.message,
  )
  return same?.lastTransitionTime ?? now
}

function withoutExtraFacts(resource: AssessedResource): ResourceStatus {
  const { ignoreExtraneous: _extraneous, ignoreHealthcheck: _healthcheck, ...status } = resource
  return status
}
