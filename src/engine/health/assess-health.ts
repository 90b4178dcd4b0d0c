import type { Manifest } from '../manifest/manifest.js'
import { groupKindText, groupOf } from '../manifest/resource-key.js'
import { apiServiceHealth } from './api-service.js'
import { cronJobHealth } from './cron-job.js'
import { customResourceDefinitionHealth } from './custom-resource-definition.js'
import { daemonSetHealth } from './daemon-set.js'
import { deploymentHealth } from './deployment.js'
import type { Health } from './health.js'
import { health, type HealthRule } from './health-rule.js'
import { horizontalPodAutoscalerHealth } from './horizontal-pod-autoscaler.js'
import { ingressHealth } from './ingress.js'
import { jobHealth } from './job.js'
import { serviceHealth } from './kubernetes-service.js'
import { persistentVolumeClaimHealth } from './persistent-volume-claim.js'
import { podDisruptionBudgetHealth } from './pod-disruption-budget.js'
import { podHealth } from './pod.js'
import { replicaSetHealth } from './replica-set.js'
import { statefulSetHealth } from './stateful-set.js'

const HOOK_FINALIZER = 'argocd.argoproj.io/hook-finalizer'

/** The rule of each kind, by `group/Kind`. */
const RULES: ReadonlyMap<string, HealthRule> = new Map([
  ['/PersistentVolumeClaim', persistentVolumeClaimHealth],
  ['/Pod', podHealth],
  ['/Service', serviceHealth],
  ['apiextensions.k8s.io/CustomResourceDefinition', customResourceDefinitionHealth],
  ['apiregistration.k8s.io/APIService', apiServiceHealth],
  ['apps/DaemonSet', daemonSetHealth],
  ['apps/Deployment', deploymentHealth],
  ['apps/ReplicaSet', replicaSetHealth],
  ['apps/StatefulSet', statefulSetHealth],
  ['autoscaling/HorizontalPodAutoscaler', horizontalPodAutoscalerHealth],
  ['batch/CronJob', cronJobHealth],
  ['batch/Job', jobHealth],
  ['extensions/DaemonSet', daemonSetHealth],
  ['extensions/Deployment', deploymentHealth],
  ['extensions/Ingress', ingressHealth],
  ['extensions/ReplicaSet', replicaSetHealth],
  ['networking.k8s.io/Ingress', ingressHealth],
  ['policy/PodDisruptionBudget', podDisruptionBudgetHealth],
])

/**
 * The health of one live object (contract 1.5). One that is being deleted is Progressing whatever its kind, unless
 * only the hook finalizer holds it. undefined: the kind has no rule, which counts as Healthy and is shown without one.
 */
export function assessHealth(live: Manifest): Health | undefined {
  const { deletionTimestamp, finalizers } = live.metadata
  if (deletionTimestamp !== undefined && !finalizers?.includes(HOOK_FINALIZER)) {
    return health('Progressing', 'Pending deletion')
  }
  return RULES.get(groupKindText({ group: groupOf(live.apiVersion), kind: live.kind }))?.(live)
}
