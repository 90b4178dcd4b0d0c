import { readFile, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { AppError } from '../../base/app-error.js'
import type { Logger } from '../../base/logger.js'

const STOP_DEADLINE_MS = 15_000
/** A run that was killed a moment ago is still being stopped by its supervisor. */
const SUPERVISED_DEADLINE_MS = 6_000

/**
 * Stops a Postgres that an earlier run left behind in this data folder. Only a process that really works there is touched (a pid in a
 * lock file may belong to somebody else by now), and never one whose supervisor lives: that belongs to a running program.
 */
export async function stopStalePostmaster(data: string, logger: Logger): Promise<void> {
  const pid = await lockedBy(data)
  if (pid === undefined || !(await worksIn(pid, data))) return
  if (await isSupervised(pid)) {
    if (await endsWithin(SUPERVISED_DEADLINE_MS, pid, data)) return
    throw new AppError(
      'INTERNAL',
      `Cannot start the embedded Postgres: another running Lockstep uses ${data} (Postgres is process ${pid}). Stop it first, or give this one another state.dir.`,
    )
  }
  logger.warn('Stopping a Postgres that an earlier run left behind', { pid, data })
  process.kill(pid, 'SIGINT')
  if (await endsWithin(STOP_DEADLINE_MS, pid, data)) return
  throw new AppError(
    'INTERNAL',
    `Cannot start the embedded Postgres: process ${pid} still holds ${data} and does not stop. End it, then start again.`,
  )
}

async function endsWithin(deadlineMs: number, pid: number, data: string): Promise<boolean> {
  const deadline = performance.now() + deadlineMs
  while (isAlive(pid) && (await worksIn(pid, data))) {
    if (performance.now() > deadline) return false
    await sleep(25)
  }
  return true
}

async function lockedBy(data: string): Promise<number | undefined> {
  try {
    const pid = Number((await readFile(join(data, 'postmaster.pid'), 'utf8')).split('\n')[0])
    return Number.isInteger(pid) && pid > 1 && pid !== process.pid && isAlive(pid) ? pid : undefined
  } catch {
    return undefined
  }
}

/**
 * Postgres changes into its data folder; one that ended and was not reaped has none. Without /proc the lock file's own pid
 * has to do.
 */
async function worksIn(pid: number, data: string): Promise<boolean> {
  if (process.platform !== 'linux') return true
  try {
    return (await realpath(`/proc/${pid}/cwd`)) === (await realpath(data))
  } catch {
    return false
  }
}

/** Its parent is tools/supervise.mjs; where there is no /proc nobody can tell, and the leftover is stopped. */
async function isSupervised(pid: number): Promise<boolean> {
  try {
    const parent = /^PPid:\s*(\d+)/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1]
    return (await readFile(`/proc/${parent}/cmdline`, 'utf8')).includes('supervise.mjs')
  } catch {
    return false
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
