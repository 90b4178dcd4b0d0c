import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DEFAULT_SYNC_OPTIONS, syncOptions } from './sync-options.js'

const annotated = (value: string): Record<string, string> => ({ 'argocd.argoproj.io/sync-options': value })

describe('syncOptions() reads contract 2.5', () => {
  it('syncOptions() of nothing are the defaults', () => {
    expect(syncOptions({})).toEqual(DEFAULT_SYNC_OPTIONS)
  })

  it('syncOptions() reads a comma list with blanks', () => {
    const options = syncOptions({ annotations: annotated(' Prune=confirm ,Delete = false, Replace=true,') })
    expect(options).toMatchObject({ prune: 'confirm', delete: false, replace: true })
  })

  it('syncOptions() lets the object win over the application', () => {
    const application = ['ServerSideApply=true', 'Prune=false', 'PrunePropagationPolicy=background']
    const options = syncOptions({ application, annotations: annotated('ServerSideApply=false,Prune=true') })
    expect(options).toMatchObject({ serverSideApply: false, prune: true, prunePropagation: 'background' })
  })

  it('syncOptions() lets the operation replace the application, not the object', () => {
    const options = syncOptions({
      application: ['Validate=false'],
      operation: ['Replace=true'],
      annotations: annotated('PruneLast=true'),
    })
    expect(options).toMatchObject({ validate: true, replace: true, pruneLast: true })
  })

  it('syncOptions() keeps what Helm keeps', () => {
    expect(syncOptions({ annotations: { 'helm.sh/resource-policy': 'keep' } }).delete).toBe(false)
  })

  it('syncOptions() ignores what it does not know', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (application) => {
        const known = application.some((text) => /^\s*[A-Z]/.test(text))
        if (!known) expect(syncOptions({ application })).toEqual(DEFAULT_SYNC_OPTIONS)
      }),
    )
    expect(syncOptions({ application: ['Prune=perhaps', 'Nonsense=true', '=', 'a=b=c'] })).toEqual(
      DEFAULT_SYNC_OPTIONS,
    )
  })
})
