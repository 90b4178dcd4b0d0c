import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { silentLogger } from '../../../src/base/logger.js'
import {
  startEmbeddedPostgres,
  type EmbeddedPostgres,
} from '../../../src/store/postgres/embedded-postgres.js'
import { runMigrations } from '../../../src/store/postgres/run-migrations.js'

const MIGRATIONS = 'prisma/migrations'

let dir: string
let database: EmbeddedPostgres

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'lockstep-migrations-'))
  database = await startEmbeddedPostgres({ dir: join(dir, 'postgres'), logger: silentLogger })
})

afterAll(async () => {
  await database.stop()
  await rm(dir, { recursive: true, force: true })
})

async function query(text: string): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: database.connectionString })
  await client.connect()
  try {
    return (await client.query(text)).rows
  } finally {
    await client.end()
  }
}

const migrate = (folder = MIGRATIONS) =>
  runMigrations(database.connectionString, { logger: silentLogger, folder })

/** A folder each, named so that their order is that of their names. */
async function ofThisRelease(): Promise<readonly string[]> {
  const found = await readdir(MIGRATIONS, { withFileTypes: true })
  return found.flatMap((entry) => (entry.isDirectory() ? [entry.name] : [])).toSorted()
}

/** The migrations of this release and one more. */
async function withNext(name: string, sql: string): Promise<string> {
  const folder = await mkdtemp(join(dir, 'next-'))
  await cp(MIGRATIONS, folder, { recursive: true })
  await mkdir(join(folder, name))
  await writeFile(join(folder, name, 'migration.sql'), sql)
  return folder
}

describe('runMigrations()', () => {
  beforeEach(() => query('DROP SCHEMA public CASCADE; CREATE SCHEMA public'))

  it('applies each migration once, also from several processes at once', async () => {
    const answers = await Promise.all([migrate(), migrate(), migrate()])
    expect(answers.flat()).toEqual(await ofThisRelease())
    expect(await migrate()).toEqual([])
  })

  it('keeps nothing of a migration that fails', async () => {
    await migrate()
    const folder = await withNext('9000_bad', 'CREATE TABLE half (n int); SELECT 1/0;')
    await expect(migrate(folder)).rejects.toThrow(/Cannot apply migration 9000_bad: division by zero/)
    expect(await query(`SELECT to_regclass('half') AS half`)).toEqual([{ half: null }])
  })

  it('refuses a schema that a newer release made', async () => {
    await migrate(await withNext('9000_newer', 'CREATE TABLE newer (n int)'))
    await expect(migrate()).rejects.toThrow(/a newer release applied migration 9000_newer/)
  })

  it('refuses a database with another history', async () => {
    await migrate()
    await query(`UPDATE schema_migrations SET checksum = 'other'`)
    await expect(migrate()).rejects.toThrow(/0001_initial is not the one of this release/)
  })

  it('agrees with schema.prisma', async () => {
    await migrate()
    // Made only where the database has trigrams, so the schema cannot name it.
    await query('DROP INDEX IF EXISTS applications_search_idx')
    const tool = '../../../tools/prisma/schema-engine.mjs'
    const { diffToSchema } = (await import(tool)) as {
      diffToSchema: (connectionString: string, from: string) => Promise<string>
    }
    expect(await diffToSchema(database.connectionString, 'database')).toMatch(
      /^-- This is an empty migration|^\s*$/,
    )
  })
})
