import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ResourceResult } from './operation.js'
import { batchContent, recallSteps, type LoggedStep, type StepKind } from './step-log.js'

function result(name: string, changes: Partial<ResourceResult> = {}): ResourceResult {
  const key = { group: '', kind: 'ConfigMap', namespace: 'n', name }
  return { ...key, version: 'v1', outcome: 'created', status: 'Synced', message: 'created', ...changes }
}

function log(...steps: readonly (readonly [StepKind, LoggedStep['content']])[]): LoggedStep[] {
  return steps.map(([kind, content], at) => ({ sequence: at + 1, kind, content }))
}

const KEY = '/ConfigMap/n/a'

describe('recallSteps()', () => {
  it('knows of an empty log that nothing was done', () => {
    const recalled = recallSteps([], 'h')
    expect(recalled).toMatchObject({ sequence: 0, planHash: undefined, dryRunDone: false })
    expect([...recalled.applied, ...recalled.results]).toEqual([])
  })

  it('counts what was applied for this very plan, not for another one', () => {
    const steps = log(['planned', { hash: 'h' }], ['applied', batchContent([result('a')])])
    expect([...recallSteps(steps, 'h').applied]).toEqual([KEY])
    expect([...recallSteps(steps, 'other').applied]).toEqual([])
    expect(recallSteps(steps, 'other').results.get(KEY)).toEqual(result('a'))
  })

  it('starts anew with a retry, but still tells what came of it', () => {
    const steps = log(
      ['planned', { hash: 'h' }],
      ['dryRun', { failed: 0 }],
      ['applied', batchContent([result('a'), result('b', { outcome: 'failed', status: 'SyncFailed' })])],
      ['retried', { attempt: 2 }],
    )
    const recalled = recallSteps(steps, 'h')
    expect([...recalled.applied]).toEqual([])
    expect(recalled.dryRunDone).toBe(false)
    expect([...recalled.results.values()]).toEqual([result('a')])
  })

  it('holds a dry-run for done only when nothing failed in it', () => {
    expect(recallSteps(log(['planned', { hash: 'h' }], ['dryRun', { failed: 0 }]), 'h').dryRunDone).toBe(true)
    expect(recallSteps(log(['planned', { hash: 'h' }], ['dryRun', { failed: 1 }]), 'h').dryRunDone).toBe(
      false,
    )
  })

  it('gives back what batchContent() stored, and survives anything else', () => {
    const anyResult = fc
      .record({ name: fc.stringMatching(/^[a-z]{1,8}$/), message: fc.string(), version: fc.string() })
      .map(({ name, ...rest }) => result(name, rest))
    fc.assert(
      fc.property(fc.array(anyResult), fc.array(fc.anything()), (results, noise) => {
        const stored = JSON.parse(JSON.stringify(batchContent(results))) as LoggedStep['content']
        const steps = log(
          ['planned', { hash: 'h' }],
          ['applied', { results: noise as never }],
          ['applied', stored],
        )
        const recalled = recallSteps(steps, 'h')
        for (const one of results)
          expect(recalled.results.get(`/ConfigMap/n/${one.name}`)?.name).toBe(one.name)
        expect(recalled.sequence).toBe(3)
      }),
    )
  })
})
