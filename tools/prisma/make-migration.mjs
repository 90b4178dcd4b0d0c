/**
 * Writes the next migration: `DATABASE_URL=postgresql://… node tools/prisma/make-migration.mjs add-something`.
 * The server behind the URL lends a scratch database: the migrations so far are applied there and compared with schema.prisma.
 */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { diffToSchema } from './schema-engine.mjs'

const migrations = join(dirname(fileURLToPath(import.meta.url)), '../../prisma/migrations')
const SCRATCH = 'lockstep_make_migration'

const name = process.argv[2]
const url = process.env['DATABASE_URL']
if (url === undefined || !/^[a-z0-9-]+$/.test(name ?? '')) {
  process.stderr.write(
    'usage: DATABASE_URL=postgresql://… node tools/prisma/make-migration.mjs <lower-case-name>\n',
  )
  process.exit(2)
}

const folders = (await readdir(migrations)).filter((folder) => /^\d{4}_/.test(folder)).sort()
const sql = await withScratchDatabase(async (scratch) => {
  for (const folder of folders)
    await run(scratch, await readFile(join(migrations, folder, 'migration.sql'), 'utf8'))
  return diffToSchema(scratch, 'database')
})
if (/^(--.*|\s*)$/.test(sql.trim())) {
  process.stdout.write('schema.prisma and the migrations agree: nothing to write\n')
} else {
  const folder = join(
    migrations,
    `${String(folders.length + 1).padStart(4, '0')}_${name.replaceAll('-', '_')}`,
  )
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'migration.sql'), sql)
  process.stdout.write(`${folder}\n`)
}

async function withScratchDatabase(use) {
  await run(url, `DROP DATABASE IF EXISTS ${SCRATCH} WITH (FORCE)`)
  await run(url, `CREATE DATABASE ${SCRATCH}`)
  const scratch = new URL(url)
  scratch.pathname = `/${SCRATCH}`
  try {
    return await use(scratch.href)
  } finally {
    await run(url, `DROP DATABASE IF EXISTS ${SCRATCH} WITH (FORCE)`)
  }
}

async function run(connectionString, text) {
  const client = new pg.Client({ connectionString })
  await client.connect()
  try {
    await client.query(text)
  } finally {
    await client.end()
  }
}
