import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { silentLogger } from '../../src/base/logger.js'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/store/postgres/embedded-postgres.js'
import type { Product, ProductOptions } from './product.js'
import { Program, freePort, nodeCommand } from './program.js'

const run = promisify(execFile)
const LINK = /https?:\/\/\S+[?&#]token=([\w.~-]+)/
const LISTENS = /Lockstep listens on (\S+)\n/
const READY_SECONDS = 60
const ROLES = ['source-worker', 'cluster-worker', 'gateway'] as const

type Env = Readonly<Record<string, string>>

interface Running {
  readonly postgres: EmbeddedPostgres
  readonly programs: readonly Program[]
}

/** Gateway, source worker and cluster worker as processes of their own, with a Redis and a Postgres. */
export async function startSplit(options: ProductOptions): Promise<Product> {
  const keys = join(options.folder, 'keys')
  const again = existsSync(keys)
  const postgres = await startEmbeddedPostgres({
    dir: join(options.folder, 'postgres'),
    logger: silentLogger,
  })
  const programs: Program[] = []
  try {
    const redis = await startRedis(options.folder)
    programs.push(redis.program)
    const env = settingsOf(options, postgres.connectionString, redis.url)
    if (!again) await prepare(keys, env)
    for (const role of ROLES) programs.push(await startRole(role, { options, keys, env, again }))
    return { ...productOf({ postgres, programs }), redisUrl: redis.url }
  } catch (error) {
    await stopAll({ postgres, programs }, 'asked')
    throw error
  }
}

function productOf(running: Running): Product {
  const { postgres, programs } = running
  const output = programs.at(-1)?.output ?? ''
  return {
    url: LISTENS.exec(output)?.[1] ?? '',
    pids: [postgres.pid, ...programs.map(({ pid }) => pid)],
    setupToken: LINK.exec(output)?.[1],
    databaseUrl: async () => postgres.connectionString,
    stop: (how = 'asked') => stopAll(running, how),
  }
}

/** The gateway first, then the workers, which hand over; Redis and Postgres last. */
async function stopAll({ postgres, programs }: Running, how: 'asked' | 'killed'): Promise<void> {
  for (const program of programs.toReversed()) await program.stop(how)
  await postgres.stop()
}

async function startRedis(folder: string): Promise<{ readonly program: Program; readonly url: string }> {
  const port = await freePort()
  const words = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no']
  const command = ['/usr/bin/env', 'redis-server', ...words, '--dir', folder]
  const ready = /Ready to accept connections/
  const program = await Program.start({ command, folder, ready, readySeconds: READY_SECONDS })
  return { program, url: `redis://127.0.0.1:${port}` }
}

function settingsOf(options: ProductOptions, databaseUrl: string, redisUrl: string): Env {
  return {
    ...options.env,
    LOCKSTEP__DATABASE__URL: databaseUrl,
    LOCKSTEP__QUEUE__KIND: 'redis',
    LOCKSTEP__REDIS__URL: redisUrl,
    LOCKSTEP__INTERNAL__KEY: randomBytes(24).toString('hex'),
    LOCKSTEP__WEBHOOK__GITHUB__SECRET: options.webhookSecret,
  }
}

async function prepare(keys: string, env: Env): Promise<void> {
  const options = { env: { ...process.env, ...env } }
  await run(process.execPath, [programOf('migrate')], options)
  await run(process.execPath, [programOf('make-keys'), '--to', keys], options)
}

interface RoleStart {
  readonly options: ProductOptions
  readonly keys: string
  readonly env: Env
  readonly again: boolean
}

async function startRole(role: (typeof ROLES)[number], start: RoleStart): Promise<Program> {
  const { folder } = start.options
  const state = join(folder, `state-${role}`)
  await mkdir(state, { recursive: true })
  const env = {
    ...start.env,
    LOCKSTEP__VAULT__KEYSFILE: join(start.keys, `${role}-keys.json`),
    LOCKSTEP__STATE__DIR: state,
    LOCKSTEP__HTTP__PORT: String(await freePort()),
  }
  const gatewayReady = start.again ? LISTENS : LINK
  const ready = role === 'gateway' ? gatewayReady : /^The \w+ worker \S+ answers/m
  const command = await nodeCommand(programOf(role))
  return Program.start({ command, folder, env, ready, readySeconds: READY_SECONDS })
}

function programOf(name: string): string {
  return fileURLToPath(new URL(`../../src/main/${name}.js`, import.meta.url))
}
