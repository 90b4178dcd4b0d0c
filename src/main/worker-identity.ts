import { randomUUID } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import type { WorkerRole } from '../worker/ownership.js'

export interface WorkerIdentity {
  readonly id: string
  /** Of this start. */
  readonly run: string
  /** The run before was on this machine and its process is gone: nobody has to wait until its leases expire. */
  readonly formerRunIsDead: boolean
}

interface Remembered {
  readonly id: string
  readonly host: string
  readonly pid: number
}

/** The same id after a restart on the same state folder; another one while the former process still runs there. */
export async function openWorkerIdentity(dir: string, role: WorkerRole): Promise<WorkerIdentity> {
  const file = join(dir, `${role}.json`)
  const before = await remembered(file)
  const isOurs = before !== undefined && before.host === hostname() && !isAlive(before.pid)
  const id = isOurs ? before.id : `${role}-${randomUUID().slice(0, 8)}`
  await mkdir(dir, { recursive: true })
  await writeFile(file, JSON.stringify({ id, host: hostname(), pid: process.pid } satisfies Remembered))
  return { id, run: randomUUID(), formerRunIsDead: isOurs }
}

async function remembered(file: string): Promise<Remembered | undefined> {
  try {
    const { id, host, pid } = JSON.parse(await readFile(file, 'utf8')) as Partial<Remembered>
    return id === undefined || host === undefined || pid === undefined ? undefined : { id, host, pid }
  } catch {
    return undefined
  }
}

/** Our own number means: the former process had it, in the container before this one. */
function isAlive(pid: number): boolean {
  if (pid === process.pid) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}
