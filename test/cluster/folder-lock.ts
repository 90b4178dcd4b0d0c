import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const POLL_MS = 500

/** Between taking the lock and writing its pid a holder may die; nobody needs this long for it. */
const NAMELESS_MS = 10_000

/**
 * Runs `work` while holding `path` as a lock between processes (creating a folder is atomic everywhere).
 * The lock of a process that is gone is taken over; `onWait` hears once, with the holder's pid, that we wait.
 */
export async function withFolderLock<T>(
  path: string,
  work: () => Promise<T>,
  onWait: (pid: number) => void,
): Promise<T> {
  const begin = Date.now()
  let told = false
  while (!(await take(path))) {
    const holder = await holderOf(path)
    if (holder === undefined ? Date.now() - begin > NAMELESS_MS : !isAlive(holder)) {
      await rm(path, { recursive: true, force: true })
      continue
    }
    if (!told && holder !== undefined) {
      onWait(holder)
      told = true
    }
    await sleep(POLL_MS)
  }
  try {
    return await work()
  } finally {
    await rm(path, { recursive: true, force: true })
  }
}

async function take(path: string): Promise<boolean> {
  try {
    await mkdir(path)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  }
  await writeFile(join(path, 'pid'), String(process.pid))
  return true
}

/** Undefined when the holder has not written its pid yet. */
async function holderOf(path: string): Promise<number | undefined> {
  const text = await readFile(join(path, 'pid'), 'utf8').catch(() => '')
  return text === '' ? undefined : Number(text)
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // EPERM: it lives, but belongs to somebody else.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
