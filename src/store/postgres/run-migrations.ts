import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { AppError, reasonOf } from '../../base/app-error.js'
import type { Logger } from '../../base/logger.js'
import { projectRoot } from './project-root.js'

export interface MigrationOptions {
  readonly logger: Logger
  /** Default: prisma/migrations of this release. */
  readonly folder?: string
}

interface Migration {
  readonly name: string
  readonly sql: string
  readonly checksum: string
}

/** Any number, as long as every release uses the same. */
const LOCK = 7_263_554_101

/**
 * Brings the schema up to this release, forward only, each migration in its own transaction, one process at a time. Refuses a schema
 * that a newer release made, and one whose history differs. Answers the names that were applied.
 */
export async function runMigrations(
  connectionString: string,
  options: MigrationOptions,
): Promise<readonly string[]> {
  const known = await readMigrations(options.folder ?? join(projectRoot(), 'prisma/migrations'))
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 10_000 })
  client.on('error', () => undefined)
  try {
    await client.connect()
    await client.query('SELECT pg_advisory_lock($1)', [LOCK])
    await client.query(
      'CREATE TABLE IF NOT EXISTS schema_migrations (name text PRIMARY KEY, checksum text NOT NULL, applied_at timestamptz(3) NOT NULL DEFAULT now())',
    )
    const pending = await pendingMigrations(client, known)
    for (const migration of pending) await applyMigration(client, migration, options.logger)
    return pending.map(({ name }) => name)
  } catch (error) {
    if (error instanceof AppError) throw error
    throw new AppError('INTERNAL', `Cannot migrate the database: ${reasonOf(error)}`, {
      cause: error,
      retry: 'backoff',
    })
  } finally {
    await client.end().catch(() => undefined)
  }
}

/**
 * Proves that the schema is the one of this release, without changing it: for processes that do not migrate. Refuses a newer one,
 * another history and, unless it is permitted, an older one.
 */
export async function requireSchema(
  connectionString: string,
  options: Pick<MigrationOptions, 'folder'> & { readonly permitOlder?: boolean } = {},
): Promise<void> {
  const known = await readMigrations(options.folder ?? join(projectRoot(), 'prisma/migrations'))
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 10_000 })
  client.on('error', () => undefined)
  try {
    await client.connect()
    const { rows } = await client.query<{ found: string | null }>(
      `SELECT to_regclass('schema_migrations')::text AS found`,
    )
    const pending = rows[0]?.found == null ? known : await pendingMigrations(client, known)
    if (pending.length > 0 && options.permitOlder !== true) throw olderSchema(pending.length)
  } catch (error) {
    if (error instanceof AppError) throw error
    const message = `Cannot read the version of the database: ${reasonOf(error)}`
    throw new AppError('INTERNAL', message, { cause: error, retry: 'backoff' })
  } finally {
    await client.end().catch(() => undefined)
  }
}

async function readMigrations(folder: string): Promise<readonly Migration[]> {
  const names = (await readdir(folder)).filter((name) => /^\d{4}_/.test(name)).sort()
  return Promise.all(
    names.map(async (name) => {
      const sql = await readFile(join(folder, name, 'migration.sql'), 'utf8')
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') }
    }),
  )
}

async function pendingMigrations(
  client: pg.Client,
  known: readonly Migration[],
): Promise<readonly Migration[]> {
  const { rows } = await client.query<{ name: string; checksum: string }>(
    'SELECT name, checksum FROM schema_migrations ORDER BY name',
  )
  for (const row of rows) {
    const mine = known.find(({ name }) => name === row.name)
    if (mine === undefined) throw newerSchema(row.name)
    if (mine.checksum !== row.checksum) throw otherHistory(row.name)
  }
  const applied = new Set(rows.map(({ name }) => name))
  return known.filter(({ name }) => !applied.has(name))
}

async function applyMigration(client: pg.Client, migration: Migration, logger: Logger): Promise<void> {
  await client.query('BEGIN')
  try {
    await client.query(migration.sql)
    await client.query('INSERT INTO schema_migrations (name, checksum) VALUES ($1, $2)', [
      migration.name,
      migration.checksum,
    ])
    await client.query('COMMIT')
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined)
    throw new AppError(
      'INTERNAL',
      `Cannot apply migration ${migration.name}: ${reasonOf(error)}. Nothing of it was kept.`,
      { cause: error },
    )
  }
  logger.info('Applied a migration', { migration: migration.name })
}

function olderSchema(count: number): AppError {
  return new AppError(
    'CONFLICT',
    `Cannot use this database: ${count} migrations of this release are not applied. Run dist/src/main/migrate.js once, then start again.`,
  )
}

function newerSchema(name: string): AppError {
  return new AppError(
    'INTERNAL',
    `Cannot use this database: a newer release applied migration ${name}, which this release does not know. Start that release or a later one.`,
  )
}

function otherHistory(name: string): AppError {
  return new AppError(
    'INTERNAL',
    `Cannot use this database: its migration ${name} is not the one of this release. Point database.url at a database of this program.`,
  )
}
