import type { Manifest } from '../manifest/manifest.js'
import { annotationOf, isList, listAt, textAt } from '../manifest/read-json.js'
import type { Health } from './health.js'
import { health } from './health-rule.js'

const V1_CONDITIONS = 'autoscaling.alpha.kubernetes.io/conditions'
const DEGRADED: ReadonlyMap<string, readonly string[]> = new Map([
  ['AbleToScale', ['FailedGetScale', 'FailedUpdateScale']],
  [
    'ScalingActive',
    [
      'FailedGetResourceMetric',
      'FailedGetObjectMetric',
      'FailedGetPodsMetric',
      'FailedGetExternalMetric',
      'FailedComputeMetricsReplicas',
      'InvalidSelector',
    ],
  ],
])
const HEALTHY = ['AbleToScale', 'ScalingLimited']

/** Contract 1.5, HorizontalPodAutoscaler of any version: a failing condition first, then a working one. */
export function horizontalPodAutoscalerHealth(live: Manifest): Health {
  const conditions = conditionsOf(live)
  const failing = conditions.find((condition) =>
    reasons(condition).includes(textAt(condition, 'reason') ?? ''),
  )
  if (failing !== undefined) return health('Degraded', textAt(failing, 'message'))
  const working = conditions.find(
    (condition) =>
      HEALTHY.includes(textAt(condition, 'type') ?? '') && textAt(condition, 'status') === 'True',
  )
  if (working !== undefined) return health('Healthy', textAt(working, 'message'))
  return health('Progressing', 'Waiting to Autoscale')
}

function reasons(condition: unknown): readonly string[] {
  return DEGRADED.get(textAt(condition, 'type') ?? '') ?? []
}

/** Version 1 keeps its conditions as JSON in an annotation. */
function conditionsOf(live: Manifest): readonly unknown[] {
  if (live.apiVersion !== 'autoscaling/v1') return listAt(live, 'status', 'conditions')
  try {
    const parsed: unknown = JSON.parse(annotationOf(live, V1_CONDITIONS) ?? '[]')
    return isList(parsed) ? parsed : []
  } catch {
    return []
  }
}
