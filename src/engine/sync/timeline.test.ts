import { describe, expect, it } from 'vitest'
import { batchContent, type LoggedStep } from './step-log.js'
import { timeline } from './timeline.js'

const AT = '2026-01-02T03:04:05.000Z'
const key = { group: '', kind: 'ConfigMap', namespace: 'x' }
const applied = {
  ...key,
  name: 'a',
  version: 'v1',
  outcome: 'created',
  status: 'Synced',
  message: 'created',
} as const
const refused = {
  ...key,
  name: 'b',
  version: 'v1',
  outcome: 'failed',
  status: 'SyncFailed',
  message: 'no',
} as const

function told(...steps: readonly (readonly [LoggedStep['kind'], LoggedStep['content']])[]) {
  return timeline(steps.map(([kind, content], at) => ({ sequence: at + 1, kind, content, at: AT })))
}

describe('timeline() tells what an operation did', () => {
  it('[1.4 Operation model] says each step with its time and what came of each object', () => {
    const entries = told(
      ['planned', { hash: 'h', applies: 2, prunes: [['k', 'u']] }],
      ['waveStarted', { phase: 'Sync', wave: -1 }],
      ['dryRun', { tried: 2, failed: 0 }],
      ['applied', batchContent([applied, refused])],
      ['retried', { attempt: 2, reason: 'ConfigMap "b": no' }],
      ['pruned', batchContent([{ ...applied, outcome: 'pruned', status: 'Pruned', message: 'pruned' }])],
      ['finished', { phase: 'Succeeded' }],
    )
    expect(entries.map(({ message }) => message)).toEqual([
      'Planned: 2 to apply, 1 to prune.',
      'Wave -1 of Sync began.',
      'Tried 2, 0 refused.',
      'Applied 1 of 2.',
      'Attempt 2 will follow: ConfigMap "b": no',
      'Pruned 1 of 1.',
      'Finished: Succeeded.',
    ])
    expect(entries[3]?.results).toEqual([applied, refused])
    expect(entries.every(({ at }) => at === AT)).toBe(true)
  })

  it('shows what it does not know by its kind', () => {
    expect(told(['hooked' as 'planned', { results: 'x' }])[0]).toMatchObject({
      message: 'hooked',
      results: [],
    })
  })
})
