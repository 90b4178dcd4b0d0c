import type { Manifest } from '../manifest/manifest.js'
import { annotationOf } from '../manifest/read-json.js'

const COMPARE_OPTIONS = 'argocd.argoproj.io/compare-options'
const IGNORE_HEALTHCHECK = 'argocd.argoproj.io/ignore-healthcheck'

/** What the annotations of a live object say about how it counts for its application. */
export interface AssessmentOptions {
  /** Being extra does not make the application OutOfSync; the object can still be pruned. */
  readonly ignoreExtraneous: boolean
  /** Its health does not count. */
  readonly ignoreHealthcheck: boolean
}

/** Reads `compare-options` (a comma list) and `ignore-healthcheck` of a live object (contract 1.2, 1.5). */
export function assessmentOptions(live: Manifest): AssessmentOptions {
  const options = (annotationOf(live, COMPARE_OPTIONS) ?? '').split(',').map((option) => option.trim())
  return {
    ignoreExtraneous: options.includes('IgnoreExtraneous'),
    ignoreHealthcheck: annotationOf(live, IGNORE_HEALTHCHECK) === 'true',
  }
}
