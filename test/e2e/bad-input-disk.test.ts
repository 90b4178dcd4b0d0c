import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { request } from 'undici'
import { commitFiles, removeFiles } from '../support/git-repository.js'
import { CAN_MOUNT, mountSmallDisk, type SmallDisk } from '../support/small-disk.js'
import { startProgram } from '../support/started-program.js'
import { freshNamespace } from '../support/throw-away-cluster.js'
import { type StageRepository, Stage, automatedSpec, configMap, eventually } from './stage.js'

/** Free space that a commit of the tests does not fit into, and everything else does. */
const MIRRORS_MB = 8
const DATABASE_MB = 160

describe.skipIf(!CAN_MOUNT)('a full disk (needs root, to mount a small one)', () => {
  let folder: string
  let mirrors: SmallDisk
  let database: SmallDisk
  let stage: Stage
  let namespace: string
  let large: StageRepository
  let small: StageRepository

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lockstep-disk-'))
    await chmod(folder, 0o711)
    mirrors = await mountSmallDisk(join(folder, 'mirrors'), MIRRORS_MB)
    database = await mountSmallDisk(join(folder, 'postgres'), DATABASE_MB)
    stage = await Stage.open({ LOCKSTEP__STATE__DIR: folder })
    await stage.product.completeSetup('a first password of twelve')
    namespace = await freshNamespace(stage.cluster)
    await stage.connectCluster('prod')
    large = await declare('large')
    small = await declare('small')
  })
  afterAll(async () => {
    await stage?.close()
    mirrors?.unmount()
    database?.unmount()
    await rm(folder, { recursive: true, force: true })
  })

  async function declare(name: string): Promise<StageRepository> {
    const repository = await stage.repository(name, {
      'app/kept.yaml': configMap(`${name}-kept`, { a: '1' }),
      'app/gone.yaml': configMap(`${name}-gone`, { a: '1' }),
    })
    const parts = { repository: repository.url, path: 'app', cluster: 'prod', namespace }
    await stage.api.change('createApplication', { name, spec: automatedSpec(parts) })
    await stage.synced(name)
    return repository
  }

  async function exists(name: string): Promise<boolean> {
    const path = `/api/v1/namespaces/${namespace}/configmaps/${name}`
    return (await stage.cluster.client().request({ path })).status === 200
  }

  async function connectionOf(url: string): Promise<string> {
    const answer = await stage.api.ask('{ repositories { url connection { message } } }')
    const all = answer['repositories'] as readonly { url: string; connection: { message: string } }[]
    return all.find((repository) => repository.url === url)?.connection.message ?? ''
  }

  async function status(path: string): Promise<number> {
    const { statusCode, body } = await request(`${stage.product.url}${path}`)
    await body.dump()
    return statusCode
  }

  it('of the mirrors: the repository says so, nothing is pruned, others go on, and it heals by itself', async () => {
    // First what does not fit: a poll between the two commits must not get the removal alone.
    await commitFiles(large, { 'bulk.bin': randomBytes(12 * 1024 * 1024).toString('base64') })
    const commit = await removeFiles(large, ['app/gone.yaml'])
    await stage.announce(large)
    await eventually(async () => /disk/.test(await connectionOf(large.url)), 'the repository names the disk')
    expect(await connectionOf(large.url)).toMatch(
      /Cannot fetch repository ".*large\.git": the disk that holds the Git mirrors is full; free space/,
    )
    const other = await commitFiles(small, { 'app/kept.yaml': configMap('small-kept', { a: '2' }) })
    await stage.announce(small)
    await stage.synced('small', other)
    expect([await exists('large-gone'), await exists('large-kept')]).toEqual([true, true])
    mirrors.resize(256)
    await stage.announce(large)
    await stage.until('large', ({ sync, revisions }) => sync === 'SYNCED' && revisions[0] === commit, 120_000)
    expect([await exists('large-gone'), await exists('large-kept')]).toEqual([false, true])
  })

  it('of the database: a change is refused with the reason, the process lives, and work goes on after', async () => {
    const free = await database.fill()
    const refused = await refusedChange()
    expect(refused).toMatch(/database/i)
    expect(refused).not.toMatch(/node_modules|Invalid `|\bat \S+ \(/)
    expect(await status('/livez')).toBe(200)
    expect(stage.product.isAlive).toBe(true)
    await free()
    await eventually(async () => (await status('/readyz')) === 200, 'it is ready again', 60_000)
    const commit = await commitFiles(small, { 'app/kept.yaml': configMap('small-kept', { a: '3' }) })
    await eventually(async () => (await stage.announce(small)) === 202, 'webhooks are taken again', 60_000)
    await stage.until('small', ({ revisions, sync }) => sync === 'SYNCED' && revisions[0] === commit, 90_000)
    expect(await exists('small-gone')).toBe(true)
  })

  /** Writes projects until the disk does not take another one; answers what the API said then. */
  async function refusedChange(): Promise<string> {
    for (let at = 0; at < 2000; at++) {
      const sourceRepos = Array.from(
        { length: 100 },
        () => `https://git.test/${randomBytes(48).toString('hex')}`,
      )
      const spec = { sourceRepos }
      const refused = await stage.api.change('createProject', { name: `filler-${at}`, spec }).then(
        () => undefined,
        (error: unknown) => (error instanceof Error ? error.message : String(error)),
      )
      if (refused !== undefined) return refused
    }
    throw new Error('The disk never became full')
  }

  it('at the first start: it does not start, and says why', async () => {
    const disk = await mountSmallDisk(join(folder, 'first'), 8)
    try {
      const { code, output } = await startProgram({ LOCKSTEP__STATE__DIR: disk.path }, 60_000)
      expect(code).toBe(20)
      expect(output).toMatch(
        /Error: Cannot create the embedded Postgres in .*: the disk is full\. Free space/,
      )
    } finally {
      disk.unmount()
    }
  })
})
