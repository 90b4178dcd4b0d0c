import { describe, expect, it } from 'vitest'
import type { ApplicationStatus } from '../status/application-status.js'
import { healAttempts } from './heal-attempts.js'
import type { Operation } from './operation.js'

const STARTED = 1_000_000
const status: ApplicationStatus = {
  applicationId: 'a',
  sync: 'OutOfSync',
  health: { status: 'Healthy' },
  revisions: ['c1'],
  conditions: [],
  resources: [],
  observedGeneration: 3,
  observedAt: '2026-01-01T00:00:00Z',
}

function heal(changes: Partial<Operation> = {}, attempts: number | undefined = 4): Operation {
  return {
    id: 'o',
    applicationId: 'a',
    kind: 'sync',
    phase: 'Succeeded',
    request: {
      ...{ prune: false, dryRun: false, force: false, confirmedPrune: false, generation: 3 },
      ...(attempts === undefined ? {} : { autoHealAttempts: attempts }),
    },
    initiatedBy: { username: 'system', automated: true },
    revisions: ['c1'],
    message: '',
    retryCount: 0,
    results: [],
    startedAt: '2026-01-01T00:00:00Z',
    ...changes,
  }
}

function attempts(last: Operation | undefined, facts: { status?: ApplicationStatus; now?: number } = {}) {
  return healAttempts({ last, lastStartedAt: STARTED, status, now: STARTED + 1_000, ...facts })
}

describe('healAttempts()', () => {
  it('goes on where the newest operation stopped', () => {
    expect(attempts(heal())).toEqual({ count: 4, lastAt: STARTED })
  })

  it('starts again for another revision, another spec, another kind of operation and after calm', () => {
    const none = { count: 0, lastAt: undefined }
    expect(attempts(undefined)).toEqual(none)
    expect(attempts(heal({}, 0))).toEqual(none)
    expect(attempts(heal({ revisions: ['c0'] }))).toEqual(none)
    expect(attempts(heal(), { status: { ...status, observedGeneration: 4 } })).toEqual(none)
    expect(attempts(heal(), { now: STARTED + 600_001 })).toEqual(none)
  })
})
