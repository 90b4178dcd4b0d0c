import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const POLL_MS = 500

/** How systems say that a folder with something in it is in the way. */
const TAKEN = new Set(['ENOTEMPTY', 'EEXIST'])

/**
 * Runs `work` while holding `path` as a lock between processes (renaming onto a folder with something in it fails everywhere).
 * The lock of a process that is gone is taken over; `onWait` hears once, with the holder's pid, that we wait.
 */
export async function withFolderLock<T>(
  path: string,
  work: () => Promise<T>,
  onWait: (pid: number) => void,
): Promise<T> {
  let told = false
  while (!(await take(path))) {
    const holder = await holderOf(path)
    if (holder === undefined) continue
    if (!isAlive(holder)) {
      await rm(path, { recursive: true, force: true })
      continue
    }
    if (!told) {
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

/** The folder comes into being with its holder's name in it: nobody ever meets a lock without one. */
async function take(path: string): Promise<boolean> {
  const mine = await mkdtemp(`${path}-`)
  await writeFile(join(mine, 'pid'), String(process.pid))
  try {
    await rename(mine, path)
    return true
  } catch (error) {
    await rm(mine, { recursive: true })
    if (error instanceof Error && 'code' in error && TAKEN.has(String(error.code))) return false
    throw error
  }
}

/** Undefined when the lock was freed meanwhile. */
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
