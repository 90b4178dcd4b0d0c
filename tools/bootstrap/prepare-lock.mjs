import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { stateFolder } from './paths.mjs'
import { say } from './say.mjs'

const POLL_MS = 200

/** Runs `work` alone in this checkout: two installs or builds at once would tread on each other. */
export async function withPrepareLock(work) {
  const lock = join(stateFolder, 'prepare.lock')
  await mkdir(stateFolder, { recursive: true })
  let told = false
  while (!(await take(lock))) {
    if (!told) say('Waiting for another command that prepares this checkout')
    told = true
    await sleep(POLL_MS)
  }
  try {
    await work()
  } finally {
    await rm(lock, { recursive: true, force: true })
  }
}

/** Making a folder is atomic; the lock of a process that is gone is taken over. */
async function take(lock) {
  try {
    await mkdir(lock)
    await writeFile(join(lock, 'pid'), String(process.pid))
    return true
  } catch (error) {
    if (error.code !== 'EEXIST') throw error
  }
  const pid = Number(await readFile(join(lock, 'pid'), 'utf8').catch(() => ''))
  if (pid > 0 && !isAlive(pid)) await rm(lock, { recursive: true, force: true })
  return false
}

function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}
