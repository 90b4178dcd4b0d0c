import { describe, expect, it } from 'vitest'
import { assessmentOptions } from './assessment-options.js'

function annotated(annotations?: Readonly<Record<string, string>>) {
  return assessmentOptions({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'a', ...(annotations === undefined ? {} : { annotations }) },
  })
}

describe('assessmentOptions()', () => {
  it('finds IgnoreExtraneous anywhere in the list', () => {
    const options = { 'argocd.argoproj.io/compare-options': 'ServerSideDiff=true, IgnoreExtraneous' }
    expect(annotated(options)).toEqual({ ignoreExtraneous: true, ignoreHealthcheck: false })
  })

  it('takes only the text true for ignore-healthcheck', () => {
    expect(annotated({ 'argocd.argoproj.io/ignore-healthcheck': 'true' }).ignoreHealthcheck).toBe(true)
    expect(annotated({ 'argocd.argoproj.io/ignore-healthcheck': 'yes' }).ignoreHealthcheck).toBe(false)
  })

  it('is off without annotations', () => {
    expect(annotated()).toEqual({ ignoreExtraneous: false, ignoreHealthcheck: false })
  })
})
