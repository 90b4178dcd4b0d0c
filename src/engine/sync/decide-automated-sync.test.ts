import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { SyncPolicy } from '../application/application.js'
import type { ApplicationStatus, ResourceStatus } from '../status/application-status.js'
import { decideAutomatedSync, healBackoff, type AutomatedSyncFacts } from './decide-automated-sync.js'
import type { Operation } from './operation.js'
import { retryDelay } from './retry-delay.js'

const resource = (name: string, more: Partial<ResourceStatus> = {}): ResourceStatus => ({
  group: '',
  kind: 'ConfigMap',
  namespace: 'demo',
  name,
  version: 'v1',
  status: 'OutOfSync',
  ...more,
})
const status = (more: Partial<ApplicationStatus> = {}): ApplicationStatus => ({
  applicationId: 'a',
  sync: 'OutOfSync',
  health: { status: 'Healthy' },
  revisions: ['c1'],
  conditions: [],
  resources: [resource('x'), resource('y', { status: 'Synced' })],
  observedGeneration: 1,
  observedAt: '2026-01-01T00:00:00Z',
  ...more,
})
const operation = (more: Partial<Operation> = {}): Operation => ({
  id: 'o',
  applicationId: 'a',
  kind: 'sync',
  phase: 'Succeeded',
  request: { prune: false, dryRun: false, force: false, confirmedPrune: false, generation: 1 },
  initiatedBy: { username: 'system', automated: true },
  revisions: ['c1'],
  message: 'admission refused it',
  retryCount: 0,
  results: [],
  startedAt: '2026-01-01T00:00:00Z',
  ...more,
})
type Automated = NonNullable<SyncPolicy['automated']>
const facts = (
  automated: Automated | undefined,
  more: Partial<AutomatedSyncFacts> = {},
): AutomatedSyncFacts => ({
  spec: { project: 'default', destination: {}, ...(automated && { syncPolicy: { automated } }) },
  generation: 1,
  deleting: false,
  status: status(),
  lastOperation: undefined,
  autoHealAttempts: 0,
  now: 1_000_000,
  lastHealAt: undefined,
  ...more,
})

describe('decideAutomatedSync() follows the rules of contract 1.4 in order', () => {
  it('decideAutomatedSync() syncs a new revision as a whole', () => {
    for (const lastOperation of [
      undefined,
      operation({ revisions: ['c0'] }),
      operation({ revisions: ['c0'], phase: 'Failed' }),
    ]) {
      expect(decideAutomatedSync(facts({ prune: true }, { lastOperation }))).toEqual({
        kind: 'sync',
        heal: false,
        request: { prune: true, dryRun: false, force: false, confirmedPrune: false, generation: 1 },
      })
    }
  })

  it.each<[string, AutomatedSyncFacts]>([
    ['no policy', facts(undefined)],
    ['enabled false', facts({ enabled: false })],
    ['an active operation', facts({}, { lastOperation: operation({ phase: 'Running', revisions: ['c0'] }) })],
    ['deletion', facts({}, { deleting: true })],
    ['no status', facts({}, { status: undefined })],
    ['an outdated comparison', facts({}, { generation: 2 })],
    ['Synced', facts({}, { status: status({ sync: 'Synced' }) })],
    ['Unknown', facts({}, { status: status({ sync: 'Unknown' }) })],
    ['prunes only', facts({}, { status: status({ resources: [resource('x', { requiresPruning: true })] }) })],
    ['a synced revision without self-heal', facts({}, { lastOperation: operation() })],
  ])('decideAutomatedSync() does nothing with %s', (_, given) => {
    expect(decideAutomatedSync(given)).toMatchObject({ kind: 'none' })
  })

  it('decideAutomatedSync() never repeats a failed revision, not even with self-heal', () => {
    const lastOperation = operation({ phase: 'Failed' })
    expect(decideAutomatedSync(facts({ selfHeal: true }, { lastOperation }))).toEqual({
      kind: 'none',
      reason: 'The sync to this revision failed: admission refused it',
      syncError: true,
    })
  })

  it('decideAutomatedSync() tries again after the spec changed', () => {
    const given = {
      generation: 2,
      status: status({ observedGeneration: 2 }),
      lastOperation: operation({ phase: 'Failed' }),
    }
    expect(decideAutomatedSync(facts({}, given)).kind).toBe('sync')
  })

  it('decideAutomatedSync() does not count dry runs, deletions and selective syncs by hand as the attempt', () => {
    const request = operation().request
    const person = { username: 'alice', automated: false }
    for (const lastOperation of [
      operation({ request: { ...request, dryRun: true } }),
      operation({ kind: 'delete' }),
      operation({ initiatedBy: person, request: { ...request, resources: [] } }),
    ]) {
      expect(decideAutomatedSync(facts({}, { lastOperation }))).toMatchObject({ kind: 'sync', heal: false })
    }
  })

  it('decideAutomatedSync() heals only what differs, the first time at once', () => {
    expect(decideAutomatedSync(facts({ selfHeal: true }, { lastOperation: operation() }))).toMatchObject({
      kind: 'sync',
      heal: true,
      request: { resources: [{ group: '', kind: 'ConfigMap', namespace: 'demo', name: 'x' }] },
    })
  })

  it('decideAutomatedSync() waits longer after each heal', () => {
    const healed = (autoHealAttempts: number) =>
      decideAutomatedSync(
        facts({ selfHeal: true }, { lastOperation: operation(), autoHealAttempts, lastHealAt: 999_000 }),
      )
    expect(healed(1)).toEqual({ kind: 'wait', untilMs: 1_001_000 })
    expect(healed(2)).toEqual({ kind: 'wait', untilMs: 1_005_000 })
    expect([1, 2, 3, 4, 5, 6, 99].map(healBackoff)).toEqual([
      2000, 6000, 18_000, 54_000, 162_000, 300_000, 300_000,
    ])
  })

  it('decideAutomatedSync() refuses to empty an application unless allowEmpty', () => {
    const given = { status: status({ resources: [resource('x', { requiresPruning: true })] }) }
    expect(decideAutomatedSync(facts({ prune: true }, given))).toMatchObject({
      kind: 'none',
      syncError: true,
    })
    expect(decideAutomatedSync(facts({ prune: true, allowEmpty: true }, given)).kind).toBe('sync')
  })

  it('decideAutomatedSync() never confirms a prune, and prunes only with the policy', () => {
    fc.assert(
      fc.property(fc.boolean(), fc.boolean(), fc.boolean(), (prune, selfHeal, again) => {
        const lastOperation = again ? operation() : undefined
        const decision = decideAutomatedSync(facts({ prune, selfHeal }, { lastOperation }))
        if (decision.kind === 'sync')
          expect(decision.request).toMatchObject({ prune, confirmedPrune: false, force: false })
      }),
    )
  })
})

describe('retryDelay() follows the retry policy', () => {
  it('retryDelay() doubles from 5 s to 3 min', () => {
    const delays = [0, 1, 2, 5, 6, 50].map((retryCount) =>
      retryDelay({ policy: { limit: -1 }, retryCount, automated: false }),
    )
    expect(delays).toEqual([5000, 10_000, 20_000, 160_000, 180_000, 180_000])
  })

  it('retryDelay() without policy retries automated syncs five times and others never', () => {
    expect(retryDelay({ policy: undefined, retryCount: 0, automated: false })).toBeUndefined()
    expect(retryDelay({ policy: undefined, retryCount: 4, automated: true })).toBe(80_000)
    expect(retryDelay({ policy: undefined, retryCount: 5, automated: true })).toBeUndefined()
  })

  it('retryDelay() takes numbers from the policy', () => {
    const policy = { limit: 2, backoff: { duration: '1m', factor: 3, maxDuration: '2m' } }
    expect([0, 1, 2].map((retryCount) => retryDelay({ policy, retryCount, automated: true }))).toEqual([
      60_000,
      120_000,
      undefined,
    ])
  })
})
