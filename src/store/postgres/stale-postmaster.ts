import { readFile, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { AppError } from '../../base/app-error.js'
import type { Logger } from '../../base/logger.js'

const DEADLINE_MS = 15_000

/**
 * Stops a Postgres that an earlier run left behind in this data folder. Only a process that really works there is touched: a pid in a
 * lock file may belong to somebody else by now.
 */
export async function stopStalePostmaster(data: string, logger: Logger): Promise<void> {
  const pid = await lockedBy(data)
  if (pid === undefined || !(await worksIn(pid, data))) return
  logger.warn('Stopping a Postgres that an earlier run left behind', { pid, data })
  process.kill(pid, 'SIGINT')
  const deadline = performance.now() + DEADLINE_MS
  while (isAlive(pid) && (await worksIn(pid, data))) {
    if (performance.now() > deadline) {
      throw new AppError(
        'INTERNAL',
        `Cannot start the embedded Postgres: process ${pid} still holds ${data} and does not stop. End it, then start again.`,
      )
    }
    await sleep(25)
  }
}

async function lockedBy(data: string): Promise<number | undefined> {
  try {
    const pid = Number((await readFile(join(data, 'postmaster.pid'), 'utf8')).split('\n')[0])
    return Number.isInteger(pid) && pid > 1 && pid !== process.pid && isAlive(pid) ? pid : undefined
  } catch {
    return undefined
  }
}

/** Postgres changes into its data folder (one that ended but was not reaped has none); where there is no /proc, the lock file's own pid has to do. */
async function worksIn(pid: number, data: string): Promise<boolean> {
  if (process.platform !== 'linux') return true
  try {
    return (await realpath(`/proc/${pid}/cwd`)) === (await realpath(data))
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
