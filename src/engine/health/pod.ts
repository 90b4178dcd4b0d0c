import { declaredHook } from '../manifest/declared-hook.js'
import type { Manifest } from '../manifest/manifest.js'
import { annotationOf, listAt, numberAt, textAt, valueAt } from '../manifest/read-json.js'
import type { Health } from './health.js'
import { health, isTrue } from './health-rule.js'

const IGNORE_RESTART_POLICY = 'argocd.argoproj.io/ignore-restart-policy'

/**
 * Contract 1.5, Pod. A Pod that restarts for ever is Degraded as soon as a container cannot start; one that runs once
 * (a hook) is judged by how it ends, so that a slow image does not fail a sync.
 */
export function podHealth(live: Manifest): Health {
  const stuck = restartsForEver(live) ? stuckMessages(live) : []
  if (stuck.length > 0) return health('Degraded', stuck.filter((message) => message !== '').join(', '))
  const message = textAt(live, 'status', 'message')
  switch (textAt(live, 'status', 'phase')) {
    case 'Pending':
      return health('Progressing', message)
    case 'Succeeded':
      return health('Healthy', message)
    case 'Failed':
      return health('Degraded', message || failure(live))
    case 'Running':
      return runningHealth(live, message)
    default:
      return health('Unknown', message)
  }
}

function restartsForEver(live: Manifest): boolean {
  if (restartPolicy(live) === 'Always') return true
  return annotationOf(live, IGNORE_RESTART_POLICY) === 'true' && declaredHook(live) === 'ordinary'
}

function restartPolicy(live: Manifest): string | undefined {
  return textAt(live, 'spec', 'restartPolicy')
}

function stuckMessages(live: Manifest): readonly string[] {
  return listAt(live, 'status', 'containerStatuses')
    .map((container) => valueAt(container, 'state', 'waiting'))
    .filter((waiting) => /^Err|Error$|BackOff$/.test(textAt(waiting, 'reason') ?? ''))
    .map((waiting) => textAt(waiting, 'message') ?? '')
}

function runningHealth(live: Manifest, message: string | undefined): Health {
  const policy = restartPolicy(live)
  if (policy === 'OnFailure' || policy === 'Never') return health('Progressing', message)
  if (policy !== 'Always') return health('Unknown', message)
  if (isTrue(live, 'Ready')) return health('Healthy', message)
  const restarted = listAt(live, 'status', 'containerStatuses').some(
    (container) => valueAt(container, 'lastState', 'terminated') !== undefined,
  )
  return health(restarted ? 'Degraded' : 'Progressing', message)
}

/** Why a failed Pod failed: the first container, init containers first, that says something. */
function failure(live: Manifest): string | undefined {
  return [...listAt(live, 'status', 'initContainerStatuses'), ...listAt(live, 'status', 'containerStatuses')]
    .map(containerFailure)
    .find((message) => message !== '')
}

function containerFailure(container: unknown): string {
  const terminated = valueAt(container, 'state', 'terminated')
  const message = textAt(terminated, 'message')
  if (message) return message
  if (textAt(terminated, 'reason') === 'OOMKilled') return 'OOMKilled'
  const code = numberAt(terminated, 'exitCode') ?? 0
  return code === 0 ? '' : `container "${textAt(container, 'name') ?? ''}" failed with exit code ${code}`
}
