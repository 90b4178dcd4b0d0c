import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { silentLogger } from '../../../src/base/logger.js'
import { anApplication, anOperation, aRecord } from '../../../src/store/contract-fixtures.js'
import {
  startEmbeddedPostgres,
  type EmbeddedPostgres,
} from '../../../src/store/postgres/embedded-postgres.js'
import { runMigrations } from '../../../src/store/postgres/run-migrations.js'
import { openStores } from '../../../src/store/prisma/open-stores.js'
import type { Stores } from '../../../src/store/stores.js'

const RECORD = aRecord('change-something')

let dir: string
let database: EmbeddedPostgres
let stores: Stores

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'lockstep-faults-'))
  database = await startEmbeddedPostgres({ dir, logger: silentLogger })
  await runMigrations(database.connectionString, { logger: silentLogger })
  stores = openStores({ connectionString: database.connectionString, logger: silentLogger })
})

afterAll(async () => {
  await stores.close()
  await database.stop()
  await rm(dir, { recursive: true, force: true })
})

/** What a caller without types would pass. */
const nothing = undefined as unknown as string

describe('stores on bad input', () => {
  it.each<[string, () => Promise<unknown>]>([
    ['applications.get', () => stores.applications.get(nothing)],
    ['applications.byName', () => stores.applications.byName(nothing, 'a')],
    ['applications.remove', () => stores.applications.remove(nothing, RECORD)],
    ['operations.active', () => stores.operations.active(nothing)],
    ['projects.byName', () => stores.projects.byName(nothing)],
    ['projects.remove', () => stores.projects.remove(nothing, RECORD)],
    [
      'repositories.saveConnection',
      () => stores.repositories.saveConnection(nothing, { status: 'Unknown', message: '' }),
    ],
    ['clusters.remove', () => stores.clusters.remove(nothing, RECORD)],
    ['accounts.userByName', () => stores.accounts.userByName(nothing)],
    ['accounts.revoke', () => stores.accounts.revoke([nothing], RECORD)],
    [
      'accounts.credentialByHash',
      () =>
        stores.accounts.credentialByHash(nothing, {
          now: '2026-01-01T00:00:00.000Z',
          idleSince: '2025-01-01T00:00:00.000Z',
        }),
    ],
    ['settings.get', () => stores.settings.get(nothing)],
  ])('G-03 %s() refuses an id that is undefined', async (_name, run) => {
    await expect(run()).rejects.toMatchObject({ code: 'INTERNAL', retry: 'never' })
  })

  it.each<[string, () => Promise<unknown>]>([
    ['applications.byName', () => stores.applications.byName('argocd', 'a\0b')],
    ['projects.byName', () => stores.projects.byName('a\0b')],
    [
      'projects.create',
      () => stores.projects.create({ id: 'nul', name: 'a\0b', spec: {}, generation: 1 }, RECORD),
    ],
    [
      'applications.create',
      () => stores.applications.create(anApplication({ labels: { bad: 'a\0b' } }), RECORD),
    ],
  ])('G-06 %s() calls a NUL character bad input', async (_name, run) => {
    await expect(run()).rejects.toMatchObject({ code: 'BAD_USER_INPUT' })
  })
})

describe('stores on a database that goes away', () => {
  it('say "back off", and work again when it is back', async () => {
    const { applications, projects, operations } = stores
    const application = anApplication()
    await applications.create(application, RECORD)
    const port = Number(new URL(database.connectionString).port)
    await database.stop()
    const attempts = [
      () => applications.get('x'),
      () => projects.byName('x'),
      () => operations.start(anOperation('x'), RECORD),
      () => projects.create({ id: 'x', name: 'x', spec: {}, generation: 1 }, RECORD),
    ]
    for (const attempt of attempts) {
      await expect(attempt()).rejects.toMatchObject({ code: 'INTERNAL', retry: 'backoff' })
    }
    database = await startEmbeddedPostgres({ dir, port, logger: silentLogger })
    expect(await applications.get(application.id)).toEqual(application)
    expect(await projects.byName('x')).toBeUndefined()
  })
})
