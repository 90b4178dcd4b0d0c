import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ownFieldSet } from '../../../src/engine/diff/field-set.js'
import { assessHealth } from '../../../src/engine/health/assess-health.js'
import { declaredHook } from '../../../src/engine/manifest/declared-hook.js'
import type { Manifest } from '../../../src/engine/manifest/manifest.js'
import { trackedBy } from '../../../src/engine/manifest/tracking.js'
import { isDeletionApproved } from '../../../src/engine/sync/deletion-approval.js'
import { syncWave } from '../../../src/engine/sync/sync-wave.js'
import { looseNode } from '../../../src/engine/tree/loose-node.js'
import { toObjectEvent } from '../../../src/engine/tree/object-event.js'
import { runHarness } from './run-harness.js'

const KINDS = [
  ['v1', 'Pod'],
  ['v1', 'Service'],
  ['v1', 'PersistentVolumeClaim'],
  ['v1', 'Event'],
  ['apps/v1', 'Deployment'],
  ['apps/v1', 'StatefulSet'],
  ['apps/v1', 'DaemonSet'],
  ['apps/v1', 'ReplicaSet'],
  ['batch/v1', 'Job'],
  ['batch/v1', 'CronJob'],
  ['networking.k8s.io/v1', 'Ingress'],
  ['autoscaling/v2', 'HorizontalPodAutoscaler'],
  ['policy/v1', 'PodDisruptionBudget'],
  ['apiextensions.k8s.io/v1', 'CustomResourceDefinition'],
  ['apiregistration.k8s.io/v1', 'APIService'],
] as const

/** What the product reads of annotations. */
const ANNOTATIONS = [
  'argocd.argoproj.io/tracking-id',
  'argocd.argoproj.io/sync-wave',
  'argocd.argoproj.io/hook',
  'argocd.argoproj.io/sync-options',
  'argocd.argoproj.io/compare-options',
  'argocd.argoproj.io/deletion-approved',
  'autoscaling.alpha.kubernetes.io/conditions',
  'helm.sh/hook',
  'helm.sh/hook-weight',
  'deployment.kubernetes.io/revision',
]

const text = fc.oneof(
  fc.constantFrom('', '{', '[]', 'null', '1e999', ':/:/:', 'a:b/c:d/e', 'Prune=', '9'.repeat(40), '\u0000'),
  fc.string(),
)
const anything = fc.jsonValue({ maxDepth: 3 })
/** As the API server lets it be: texts in maps of texts, a schema that custom resources and old servers do not have. */
const object = fc
  .record({
    kind: fc.constantFrom(...KINDS),
    annotations: fc.dictionary(fc.constantFrom(...ANNOTATIONS), text),
    labels: fc.dictionary(fc.string(), text),
    fieldsV1: anything,
    status: anything,
    spec: anything,
    rest: fc.dictionary(
      fc.constantFrom('involvedObject', 'lastTimestamp', 'count', 'series', 'source'),
      anything,
    ),
  })
  .map(({ kind: [apiVersion, kind], annotations, labels, fieldsV1, status, spec, rest }) => {
    const managedFields = [{ manager: 'argocd-controller', operation: 'Apply', fieldsV1 }]
    const metadata = { name: 'x', namespace: 'n', uid: 'u', annotations, labels, managedFields }
    return { ...rest, apiVersion, kind, metadata, status, spec } as unknown as Manifest
  })

describe('harnesses of live objects: whatever somebody writes on one, the worker goes on', () => {
  it('A-69 every annotation, label, status and spec that is read is taken as it comes', async () => {
    await runHarness(object, (live) => {
      const { annotations } = live.metadata
      expect(assessHealth(live)?.status ?? 'none').toMatch(/^\w+$/)
      expect(typeof (trackedBy(live)?.application ?? '')).toBe('string')
      expect(Number.isInteger(syncWave(annotations))).toBe(true)
      expect(['ordinary', 'hook', 'left-out']).toContain(declaredHook(live))
      expect(typeof isDeletionApproved(annotations, '2026-01-01T00:00:00Z')).toBe('boolean')
      looseNode(live)
      toObjectEvent(live)
      ownFieldSet(live, 'argocd-controller')
    })
  }, 120_000)
})
