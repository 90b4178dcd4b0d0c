import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { ensureClusterBinary } from './build-cluster-binary.js'

describe('ensureClusterBinary()', () => {
  const folders: string[] = []
  afterEach(async () => {
    vi.unstubAllEnvs()
    await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true })))
  })

  async function emptyFolder(): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'lockstep-cache-'))
    folders.push(folder)
    return folder
  }

  it('names a file in the cache folder by what is built', async () => {
    expect(await ensureClusterBinary()).toMatch(/lockstep\/cluster-[0-9a-f]{16}$/)
  })

  it('says what to install when there is no Go', async () => {
    vi.stubEnv('XDG_CACHE_HOME', await emptyFolder())
    vi.stubEnv('PATH', await emptyFolder())
    await expect(ensureClusterBinary()).rejects.toThrow(
      /Go >= 1\.26 is needed .* no `go` on the PATH.*--context/,
    )
  })

  it('says which Go is too old', async () => {
    const tools = await emptyFolder()
    await writeFile(join(tools, 'go'), '#!/bin/sh\necho go1.21.3\n', { mode: 0o755 })
    vi.stubEnv('XDG_CACHE_HOME', await emptyFolder())
    vi.stubEnv('PATH', `${tools}:${process.env['PATH'] ?? ''}`)
    await expect(ensureClusterBinary()).rejects.toThrow(/but `go` on the PATH is go1\.21\.3/)
  })

  it('says when the modules cannot be downloaded', async () => {
    const cache = await emptyFolder()
    vi.stubEnv('XDG_CACHE_HOME', cache)
    vi.stubEnv('GOMODCACHE', join(cache, 'modules'))
    vi.stubEnv('GOFLAGS', '-modcacherw')
    vi.stubEnv('GOPROXY', 'http://127.0.0.1:9')
    await expect(ensureClusterBinary()).rejects.toThrow(/module proxy was not reached/)
  })
})
