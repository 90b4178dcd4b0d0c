import { spawnSync } from 'node:child_process'
import { constants } from 'node:fs'
import { mkdir, open, rm } from 'node:fs/promises'
import { join } from 'node:path'

/** A file system of its own with a size: what does not fit fails with ENOSPC, as on any full disk. */
export interface SmallDisk {
  readonly path: string
  /** Takes all the space that is left; answers how to give it back. */
  fill(): Promise<() => Promise<void>>
  resize(megabytes: number): void
  unmount(): void
}

/** Only root may mount; elsewhere the tests that need a full disk are skipped by name. */
export const CAN_MOUNT = process.platform === 'linux' && process.getuid?.() === 0 && mayMount()

/** Mounts a tmpfs on `path`, which is made when it is missing. */
export async function mountSmallDisk(path: string, megabytes: number): Promise<SmallDisk> {
  await mkdir(path, { recursive: true })
  run('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=0755`, 'tmpfs', path])
  return {
    path,
    fill: () => fill(join(path, 'filler')),
    resize: (size) => run('mount', ['-o', `remount,size=${size}m`, path]),
    // Lazily: a child that is just ending may still have a file open.
    unmount: () => run('umount', ['--lazy', path]),
  }
}

async function fill(file: string): Promise<() => Promise<void>> {
  const handle = await open(file, constants.O_CREAT | constants.O_WRONLY | constants.O_APPEND)
  try {
    for (const size of [1024 * 1024, 4096]) await writeUntilFull(handle, Buffer.alloc(size))
  } finally {
    await handle.close()
  }
  return () => rm(file, { force: true })
}

async function writeUntilFull(handle: Awaited<ReturnType<typeof open>>, block: Buffer): Promise<void> {
  try {
    for (;;) {
      const { bytesWritten } = await handle.write(block)
      if (bytesWritten < block.length) return
    }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error
  }
}

function run(program: string, words: readonly string[]): void {
  const { status, stderr } = spawnSync(program, words, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${program} ${words.join(' ')}: ${stderr}`)
}

/** In some containers root may not mount either. */
function mayMount(): boolean {
  return spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0
}
