import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { silentLogger } from '../../../src/base/logger.js'
import { resealRows } from '../../../src/main/reseal-rows.js'
import { renderLocation } from '../../../src/render/render-archive.js'
import { aPlace } from '../../../src/store/list-fixtures.js'
import { startEmbeddedPostgres } from '../../../src/store/postgres/embedded-postgres.js'
import { runMigrations } from '../../../src/store/postgres/run-migrations.js'
import { openStores } from '../../../src/store/prisma/open-stores.js'
import { LocalVault } from '../../../src/vault/local/local-vault.js'
import { newVaultKey, openVaultKeys } from '../../../src/vault/local/vault-keys.js'

let dir: string

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'lockstep-vault-'))
})

afterEach(() => rm(dir, { recursive: true, force: true }))

describe('openVaultKeys()', () => {
  it('makes the file once, for its owner only', async () => {
    const [first, second] = await Promise.all([openVaultKeys(dir), openVaultKeys(dir)])
    expect(first).toEqual(second)
    expect(await openVaultKeys(dir)).toEqual(first)
    expect((await stat(join(dir, 'vault-keys.json'))).mode & 0o777).toBe(0o600)
  })

  it('refuses a damaged file without quoting it', async () => {
    await openVaultKeys(dir)
    const file = join(dir, 'vault-keys.json')
    const text = await readFile(file, 'utf8')
    await writeFile(file, text.slice(0, -20))
    const error = await openVaultKeys(dir).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'INTERNAL' })
    expect(String(error)).not.toContain(text.slice(30, 60))
  })
})

describe('resealRows()', () => {
  const plain = new TextEncoder().encode('a secret')

  it('G-07 seals anew what is under an older key, so that the older one can go', async () => {
    const database = await startEmbeddedPostgres({ dir: join(dir, 'postgres'), logger: silentLogger })
    await runMigrations(database.connectionString, { logger: silentLogger })
    const stores = openStores({ connectionString: database.connectionString, logger: silentLogger })
    try {
      const before = await openVaultKeys(dir)
      const old = new LocalVault(before)
      const { cluster } = await aPlace(stores)
      const at = { table: 'clusters', row: cluster.id, column: 'credential' }
      const RECORD = { audit: { actor: 'admin', action: 'rotate-cluster', object: 'c' }, doorbells: [] }
      await stores.clusters.update(cluster, old.seal('clusters', at, plain), RECORD)
      await stores.renders.put(new Map([['k1', old.seal('renders', renderLocation('k1'), plain)]]))
      const place = { table: 'credential_templates', row: 't', column: 'credential' }
      const template = { id: 't', url: 'https://t', prefix: 'https://t', createdAt: cluster.createdAt }
      await stores.credentialTemplates.save(template, old.seal('git', place, plain), RECORD)
      const { clusters = [], renders = [], git = [] } = before.rings
      const rings = {
        clusters: [newVaultKey(), ...clusters],
        renders: [newVaultKey(), ...renders],
        git: [newVaultKey(), ...git],
      }
      const vault = new LocalVault({ ...before, rings: { ...before.rings, ...rings } })
      const rows = stores.sealedRows
      if (rows === undefined) throw new Error('no sealed rows')
      expect(await resealRows({ rows, vault })).toEqual([
        { table: 'repositories', looked: 0, resealed: 0 },
        { table: 'credential_templates', looked: 1, resealed: 1 },
        { table: 'clusters', looked: 1, resealed: 1 },
        { table: 'renders', looked: 1, resealed: 1 },
      ])
      expect((await resealRows({ rows, vault })).map(({ resealed }) => resealed)).toEqual([0, 0, 0, 0])
      const onlyNew = new LocalVault({
        rings: { clusters: rings.clusters.slice(0, 1), renders: rings.renders.slice(0, 1) },
      })
      const sealed = (await stores.clusters.credential(cluster.id)) ?? new Uint8Array()
      expect(onlyNew.open('clusters', at, sealed)).toEqual(Buffer.from(plain))
      const render = (await stores.renders.get('k1')) ?? new Uint8Array()
      expect(onlyNew.open('renders', renderLocation('k1'), render)).toEqual(Buffer.from(plain))
      // Somebody else was faster: theirs stays.
      expect(await rows.replace('clusters', { id: cluster.id, sealed: plain }, plain)).toBe(false)
      expect(await stores.clusters.credential(cluster.id)).toEqual(sealed)
    } finally {
      await stores.close()
      await database.stop()
    }
  })
})
