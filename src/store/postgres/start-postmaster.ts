import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { AppError, reasonOf } from '../../base/app-error.js'
import { diskFull, isDiskFull, type DataFolder } from './postgres-data-folder.js'
import type { PostgresPrograms } from './postgres-programs.js'

/** One run of Postgres under its supervisor. */
export interface Postmaster {
  /** The postmaster. */
  readonly pid: number
  /** Resolves when it ended, for whatever reason. */
  readonly ended: Promise<unknown>
  stop(): Promise<void>
}

export const DATABASE = 'lockstep'
const START_DEADLINE_MS = 30_000

/** Small on purpose: everything durable (`fsync` stays on), loopback only. */
const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  shared_buffers: '64MB',
  max_connections: '30',
  work_mem: '4MB',
  maintenance_work_mem: '32MB',
  max_wal_size: '512MB',
  wal_level: 'minimal',
  max_wal_senders: '0',
  wal_compression: 'on',
  jit: 'off',
  max_parallel_workers_per_gather: '0',
  log_destination: 'stderr',
  log_min_messages: 'warning',
  timezone: 'UTC',
  log_timezone: 'UTC',
}

export function connectionStringOf(folder: DataFolder, port: number, database: string): string {
  return `postgresql://${folder.user}:${folder.password}@127.0.0.1:${port}/${database}`
}

/** Resolves when the database can be used. */
export async function startPostmaster(
  programs: PostgresPrograms,
  folder: DataFolder,
  port: number,
): Promise<Postmaster> {
  const supervisor = launch(programs, folder, port)
  const ended = once(supervisor, 'exit')
  const output = collectErrors(supervisor)
  try {
    const pid = await firstPid(supervisor)
    await waitUntilReady(connectionStringOf(folder, port, 'postgres'), supervisor)
    return { pid, ended, stop: () => stop(supervisor) }
  } catch (error) {
    await stop(supervisor)
    const words = output().trim()
    const reason = words === '' ? reasonOf(error) : words
    if (isDiskFull(reason)) throw diskFull(`Cannot start the embedded Postgres in ${folder.data}`)
    throw new AppError('INTERNAL', `Cannot start the embedded Postgres in ${folder.data}: ${reason}`, {
      cause: error,
      retry: 'backoff',
    })
  }
}

function launch({ supervisor, postgres }: PostgresPrograms, folder: DataFolder, port: number): ChildProcess {
  const identity =
    folder.owner === undefined ? [] : ['--uid', `${folder.owner.uid}`, '--gid', `${folder.owner.gid}`]
  const settings = Object.entries(SETTINGS).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const command = [postgres, '-D', folder.data, '-p', String(port), ...settings]
  return spawn(process.execPath, [supervisor, ...identity, '--', ...command], {
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
    env: { LC_ALL: 'C', TZ: 'UTC' },
  })
}

/** The last lines that Postgres wrote, for the error message. */
function collectErrors(supervisor: ChildProcess): () => string {
  let text = ''
  supervisor.stderr?.setEncoding('utf8')
  supervisor.stderr?.on('data', (chunk: string) => {
    text = (text + chunk).slice(-2_000)
  })
  return () => text
}

async function firstPid(supervisor: ChildProcess): Promise<number> {
  if (supervisor.stdout === null) throw new Error('the supervisor has no output')
  const lines = createInterface({ input: supervisor.stdout })
  const [line] = (await Promise.race([
    once(lines, 'line'),
    once(supervisor, 'exit').then(() => ['']),
  ])) as string[]
  const pid = Number(line)
  if (!Number.isInteger(pid) || pid <= 0) throw new Error('the supervisor ended at once')
  return pid
}

async function waitUntilReady(connectionString: string, supervisor: ChildProcess): Promise<void> {
  const deadline = performance.now() + START_DEADLINE_MS
  for (;;) {
    if (supervisor.exitCode !== null) throw new Error(`postgres ended with code ${supervisor.exitCode}`)
    try {
      await createDatabase(connectionString)
      return
    } catch (error) {
      if (performance.now() > deadline) throw error
      await sleep(25)
    }
  }
}

async function createDatabase(connectionString: string): Promise<void> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 5_000 })
  client.on('error', () => undefined)
  try {
    await client.connect()
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE])
    if (found.rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`)
  } finally {
    await client.end().catch(() => undefined)
  }
}

/** Closing the supervisor's input makes it stop Postgres (fast shutdown) and end. */
async function stop(supervisor: ChildProcess): Promise<void> {
  if (supervisor.exitCode !== null || supervisor.signalCode !== null) return
  const ended = once(supervisor, 'exit')
  supervisor.stdin?.end()
  await ended
}
