import { beforeEach, describe, expect, it } from 'vitest'
import { SYSTEM_PRINCIPAL } from '../engine/access/principal.js'
import type { Application } from '../engine/application/application.js'
import type { SyncWindow } from '../engine/project/project.js'
import { anApplication, aRecord } from '../store/contract-fixtures.js'
import { openMemoryStores } from '../store/memory/open-memory-stores.js'
import type { Stores } from '../store/stores.js'
import { CheckSyncWindows } from './check-sync-windows.js'
import { RequestSync } from './request-sync.js'

const clock = { now: () => Date.parse('2026-11-25T23:00:00Z'), monotonic: () => 0 }
const NIGHT: SyncWindow = { kind: 'deny', schedule: '0 22 * * *', duration: '2h', clusters: ['prod'] }

let stores: Stores
let application: Application

beforeEach(async () => {
  stores = openMemoryStores()
  const connection = { status: 'Unknown' as const, message: '' }
  const prod = {
    id: 'c',
    name: 'prod',
    server: 'https://prod',
    connection,
    createdAt: '2026-01-01T00:00:00Z',
  }
  await stores.clusters.create(prod, new Uint8Array(), aRecord('seed'))
  // A window that names the cluster counts although the application names its server.
  const spec = { ...anApplication().spec, project: 'demo', destination: { server: 'https://PROD/' } }
  application = anApplication({ spec })
  await stores.applications.create(application, aRecord('seed'))
})

async function govern(...syncWindows: readonly SyncWindow[]): Promise<CheckSyncWindows> {
  await stores.projects.create(
    { id: 'p', name: 'demo', spec: { syncWindows }, generation: 1 },
    aRecord('seed'),
  )
  return new CheckSyncWindows({ projects: stores.projects, clusters: stores.clusters, clock })
}

function ask(windows: CheckSyncWindows, dryRun = false) {
  const { applications, operations } = stores
  const sync = new RequestSync({ applications, operations, windows, clock, newId: () => 'o1' })
  const request = { prune: false, dryRun, force: false, confirmedPrune: false }
  return sync.run(SYSTEM_PRINCIPAL, { name: application, request })
}

describe('[1.4 Surfaces] CheckSyncWindows', () => {
  it('refuses a sync by hand with the time when it opens, and starts nothing', async () => {
    const refused = ask(await govern(NIGHT))
    await expect(refused).rejects.toMatchObject({ code: 'CONFLICT' })
    await expect(refused).rejects.toThrow('It opens again at 2026-11-26T00:00:00.000Z.')
    expect(await stores.operations.active(application.id)).toBeUndefined()
  })

  it('permits it when the window has manualSync, and a dry-run always', async () => {
    expect(await ask(await govern({ ...NIGHT, manualSync: true }))).toMatchObject({ phase: 'Running' })
  })

  it('permits a dry-run although the window denies syncs', async () => {
    expect(await ask(await govern(NIGHT), true)).toMatchObject({ phase: 'Running' })
  })

  it('tells the windows of an application and what they permit', async () => {
    const windows = await govern({ ...NIGHT, manualSync: true }, { ...NIGHT, clusters: ['dev'] })
    expect(await windows.run(application)).toMatchObject({
      canSyncAutomatically: false,
      canSyncManually: true,
      windows: [{ active: true }],
    })
  })
})
