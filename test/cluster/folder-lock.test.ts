import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { withFolderLock } from './folder-lock.js'

describe('withFolderLock()', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lockstep-lock-'))
  })
  afterAll(() => rm(folder, { recursive: true }))

  it('lets one work at a time and tells the others who holds it', async () => {
    const path = join(folder, 'turns')
    let working = 0
    const holders: number[] = []
    const work = async (): Promise<void> => {
      working += 1
      expect(working).toBe(1)
      // The first stays until both others were told of it.
      while (holders.length < 2) await sleep(5)
      working -= 1
    }
    await Promise.all([1, 2, 3].map(() => withFolderLock(path, work, (pid) => holders.push(pid))))
    expect(holders).toEqual([process.pid, process.pid])
  })

  it('takes over the lock of a program that is gone', async () => {
    const path = join(folder, 'stale')
    const gone = spawnSync(process.execPath, ['--version']).pid
    await mkdir(path)
    await writeFile(join(path, 'pid'), String(gone))
    expect(
      await withFolderLock(
        path,
        () => Promise.resolve('worked'),
        () => undefined,
      ),
    ).toBe('worked')
  })

  it('frees the lock when the work fails', async () => {
    const path = join(folder, 'failed')
    await expect(
      withFolderLock(
        path,
        () => Promise.reject(new Error('no')),
        () => undefined,
      ),
    ).rejects.toThrow('no')
    expect(
      await withFolderLock(
        path,
        () => Promise.resolve('worked'),
        () => undefined,
      ),
    ).toBe('worked')
  })
})
