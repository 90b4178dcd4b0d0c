import { describe, expect, it } from 'vitest'
import { anApplication } from '../store/contract-fixtures.js'
import type { Operation, ResourceResult } from '../engine/sync/operation.js'
import type { ApplicationStatus } from '../engine/status/application-status.js'
import { openMemoryStores } from '../store/memory/open-memory-stores.js'
import { SkippedSyncs } from './skipped-syncs.js'
import { decidedSync, finishedSync } from './sync-audit.js'

const application = anApplication({ id: 'a1', name: 'shop' })

function aResult(name: string, outcome: ResourceResult['outcome']): ResourceResult {
  const kind = { group: 'apps', kind: 'Deployment', version: 'v1', namespace: 'shop' }
  return { ...kind, name, outcome, status: 'Synced', message: '' }
}

function anOperation(changes: Partial<Operation> = {}): Operation {
  return {
    id: 'o1',
    applicationId: 'a1',
    kind: 'sync',
    phase: 'Succeeded',
    request: { prune: true, dryRun: false, force: false, confirmedPrune: false },
    initiatedBy: { username: 'ann', automated: false },
    revisions: ['c1'],
    message: 'Synced.',
    retryCount: 0,
    results: [],
    startedAt: '2026-01-02T03:04:05Z',
    ...changes,
  }
}

describe('finishedSync()', () => {
  it('[1.20 Audit] names the objects that were written, with the outcome of each, and not the others', () => {
    const results = [
      aResult('web', 'configured'),
      aResult('same', 'unchanged'),
      aResult('kept', 'skipped'),
      { ...aResult('old', 'pruned'), group: '', kind: 'ConfigMap', namespace: '' },
      aResult('bad', 'failed'),
    ]
    expect(finishedSync(application, anOperation({ results, phase: 'Failed' }))).toMatchObject({
      actor: 'ann',
      action: 'finish-sync',
      object: 'application/argocd/shop',
      objectId: 'a1',
      outcome: 'FAILED',
      operation: 'o1',
      details: {
        objects: [
          'apps/Deployment shop/web configured',
          'ConfigMap old pruned',
          'apps/Deployment shop/bad failed',
        ],
      },
    })
  })

  it('counts what it does not name', () => {
    const results = Array.from({ length: 700 }, (_, index) => aResult(`web-${index}`, 'created'))
    const { details } = finishedSync(application, anOperation({ results }))
    expect(details).toMatchObject({ moreObjects: 200 })
  })
})

describe('decidedSync()', () => {
  it('says why, and of a self-heal for which objects', () => {
    const { request } = anOperation()
    const heal = anOperation({ request: { ...request, resources: [aResult('web', 'failed')] } })
    expect(decidedSync(application, heal, true)).toMatchObject({
      actor: 'system',
      action: 'heal-application',
      operation: 'o1',
      details: { reason: expect.stringContaining('live state'), objects: ['apps/Deployment shop/web'] },
    })
    expect(decidedSync(application, anOperation(), false).action).toBe('sync-application')
  })
})

describe('SkippedSyncs', () => {
  it('writes each reason once, however often the application is judged', async () => {
    const { audit } = openMemoryStores()
    const skipped = new SkippedSyncs(audit)
    const spec = { ...application.spec, syncPolicy: { automated: {} } }
    const automated = { ...application, spec }
    const status = { sync: 'OutOfSync', revisions: ['c1'] } as unknown as ApplicationStatus
    const decision = { kind: 'none', reason: 'self-heal is off' } as const
    for (let n = 0; n < 5; n += 1) await skipped.note(automated, status, decision)
    await skipped.note(automated, status, { kind: 'none', reason: 'the sync failed' })
    await skipped.note(application, status, { kind: 'none', reason: 'Automated sync is off.' })
    await skipped.note(automated, { ...status, sync: 'Synced' }, { kind: 'none', reason: 'Synced' })
    await skipped.note(automated, status, decision)
    const reasons = (await audit.list(10)).toReversed().map(({ details }) => details?.['reason'])
    expect(reasons).toEqual(['self-heal is off', 'the sync failed', 'self-heal is off'])
  })
})
