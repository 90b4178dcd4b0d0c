import type { Application } from '../engine/application/application.js'
import type { Operation } from '../engine/sync/operation.js'
import type { ApplicationStatus } from '../engine/status/application-status.js'
import type { LeaseHolder, LeaseKey } from './lease-store.js'
import type { Desired, ManagedObject, MutationRecord } from './records.js'

/** Builders for the contract suites: whole objects, so that what comes back can be compared as it is. */

let counter = 0

/** Unique within a run: the suites share one database. */
export function unique(prefix: string): string {
  counter += 1
  return `${prefix}-${process.pid}-${counter}`
}

export function anApplication(changes: Partial<Application> = {}): Application {
  return {
    id: unique('id'),
    namespace: 'argocd',
    name: unique('app'),
    labels: { team: 'a' },
    annotations: {},
    spec: {
      project: 'default',
      destination: { server: 'https://one', namespace: 'shop' },
      source: { repoURL: 'https://git.example/Org/Shop.git', path: 'deploy' },
    },
    generation: 1,
    createdAt: '2026-01-02T03:04:05.678Z',
    ...changes,
  }
}

export function aRecord(action: string, doorbells: MutationRecord['doorbells'] = []): MutationRecord {
  return { audit: { actor: 'alice', action, object: 'thing', details: { from: 'test' } }, doorbells }
}

export function aStatus(applicationId: string, changes: Partial<ApplicationStatus> = {}): ApplicationStatus {
  return {
    applicationId,
    sync: 'Synced',
    health: { status: 'Degraded', message: 'it "crashes", often' },
    revisions: ['c1'],
    conditions: [
      { type: 'SyncError', message: 'a, {b} \\ "c"', lastTransitionTime: '2026-01-01T00:00:00.000Z' },
    ],
    resources: [
      { group: 'apps', kind: 'Deployment', namespace: 'shop', name: 'web', version: 'v1', status: 'Synced' },
    ],
    observedGeneration: 1,
    observedAt: '2026-01-02T03:04:05.678Z',
    ...changes,
  }
}

export function aDesired(applicationId: string, changes: Partial<Desired> = {}): Desired {
  return {
    applicationId,
    generation: 1,
    revisions: ['c1', 'c2'],
    renderKeys: ['k1', 'k2'],
    inputs: [{ 'deploy/"a,b".yaml': 'oid', 'deploy/absent': null }, {}],
    updatedAt: '2026-01-02T03:04:05.678Z',
    ...changes,
  }
}

export function aManagedObject(applicationId: string, changes: Partial<ManagedObject> = {}): ManagedObject {
  return {
    applicationId,
    group: '',
    kind: 'ConfigMap',
    namespace: 'shop',
    name: 'settings',
    version: 'v1',
    desiredHash: 'd1',
    ...changes,
  }
}

export function anOperation(applicationId: string, changes: Partial<Operation> = {}): Operation {
  return {
    id: unique('operation'),
    applicationId,
    kind: 'sync',
    phase: 'Running',
    request: { prune: true, dryRun: false, force: false, confirmedPrune: false },
    initiatedBy: { username: 'alice', automated: false },
    revisions: ['c1'],
    message: '',
    retryCount: 0,
    results: [],
    startedAt: '2026-01-02T03:04:05.678Z',
    ...changes,
  }
}

export function aKey(kind: LeaseKey['kind'] = 'cluster'): LeaseKey {
  return { kind, id: unique(kind) }
}

export function aHolder(id = unique('worker')): LeaseHolder {
  return { id, run: unique('run'), address: `http://${id}` }
}
