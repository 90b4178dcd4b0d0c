import type { Manifest } from './manifest.js'
import { annotationOf } from './read-json.js'

const HOOK = 'argocd.argoproj.io/hook'
const HELM_HOOK = 'helm.sh/hook'
const RUNNING_HELM_HOOKS = new Set([
  'pre-install',
  'pre-upgrade',
  'post-install',
  'post-upgrade',
  'pre-delete',
  'post-delete',
])

/**
 * What hook annotations make of an object: `ordinary`, `hook` (runs in a phase), or `left-out` (`Skip`, and Helm hooks
 * that have no phase here: test, rollback). Any Argo CD annotation wins over Helm's (contract 1.1).
 */
export function declaredHook(manifest: Manifest): 'ordinary' | 'hook' | 'left-out' {
  const own = types(annotationOf(manifest, HOOK))
  if (own.length > 0) return own.every((type) => type === 'Skip') ? 'left-out' : 'hook'
  const helm = types(annotationOf(manifest, HELM_HOOK))
  if (helm.length === 0 || helm.includes('crd-install')) return 'ordinary'
  return helm.some((type) => RUNNING_HELM_HOOKS.has(type)) ? 'hook' : 'left-out'
}

function types(annotation: string | undefined): readonly string[] {
  return (annotation ?? '')
    .split(',')
    .map((type) => type.trim())
    .filter((type) => type !== '')
}
