import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { silentLogger } from '../../../src/base/logger.js'
import { startEmbeddedPostgres } from '../../../src/store/postgres/embedded-postgres.js'

let dir: string

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'lockstep-pg-'))
})

afterAll(async () => {
  await rm(dir, { recursive: true, force: true })
})

async function query(connectionString: string, text: string): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString })
  await client.connect()
  try {
    return (await client.query(text)).rows
  } finally {
    await client.end()
  }
}

async function parentOf(pid: number): Promise<number> {
  return Number(/^PPid:\s*(\d+)/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1])
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

async function gone(pid: number): Promise<boolean> {
  for (let i = 0; i < 200 && alive(pid); i += 1) await sleep(50)
  return !alive(pid)
}

describe('startEmbeddedPostgres()', () => {
  it('keeps its data over a restart', async () => {
    const first = await startEmbeddedPostgres({ dir, logger: silentLogger })
    await query(first.connectionString, 'CREATE TABLE kept (n int); INSERT INTO kept VALUES (7)')
    await first.stop()
    expect(alive(first.pid)).toBe(false)
    const second = await startEmbeddedPostgres({ dir, logger: silentLogger })
    expect(await query(second.connectionString, 'SELECT n FROM kept')).toEqual([{ n: 7 }])
    await second.stop()
  })

  it('leaves the Postgres of another running program alone', async () => {
    const first = await startEmbeddedPostgres({ dir, logger: silentLogger })
    await expect(startEmbeddedPostgres({ dir, logger: silentLogger })).rejects.toThrow(
      /another running Lockstep uses/,
    )
    expect(alive(first.pid)).toBe(true)
    await first.stop()
  })

  it('stops a leftover without a supervisor before it starts again', async () => {
    const database = await startEmbeddedPostgres({ dir, logger: silentLogger })
    const leftover = database.pid
    process.kill(await parentOf(leftover), 'SIGKILL')
    for (let i = 0; i < 200 && database.pid === leftover; i += 1) await sleep(50)
    expect(database.pid).not.toBe(leftover)
    expect(await query(database.connectionString, 'SELECT n FROM kept')).toEqual([{ n: 7 }])
    await database.stop()
  })

  it('comes back by itself on the same address when Postgres is killed', async () => {
    const database = await startEmbeddedPostgres({ dir, logger: silentLogger })
    const killed = database.pid
    process.kill(killed, 'SIGKILL')
    for (let i = 0; i < 200 && database.pid === killed; i += 1) await sleep(50)
    expect(database.pid).not.toBe(killed)
    expect(await query(database.connectionString, 'SELECT n FROM kept')).toEqual([{ n: 7 }])
    const { pid } = database
    await database.stop()
    expect(await gone(pid)).toBe(true)
  })

  it('refuses a wrong password and hides the right one from others', async () => {
    const database = await startEmbeddedPostgres({ dir, logger: silentLogger })
    const wrong = database.connectionString.replace(/:[0-9a-f]+@/, ':wrong@')
    await expect(query(wrong, 'SELECT 1')).rejects.toMatchObject({ code: '28P01' })
    expect((await stat(join(dir, 'password'))).mode & 0o777).toBe(0o600)
    await database.stop()
  })
})

describe('tools/supervise.mjs', () => {
  it('leaves no orphan when the starter is killed', async () => {
    const program = `
      const { spawn } = require('node:child_process')
      const child = spawn(process.execPath, ['tools/supervise.mjs', '--', 'sleep', '600'], { stdio: ['pipe', 'pipe', 'inherit'] })
      child.stdout.pipe(process.stdout)`
    const starter = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] })
    const [line] = (await once(starter.stdout, 'data')) as [Buffer]
    const pid = Number(line.toString())
    expect(alive(pid)).toBe(true)
    starter.kill('SIGKILL')
    expect(await gone(pid)).toBe(true)
  })
})
