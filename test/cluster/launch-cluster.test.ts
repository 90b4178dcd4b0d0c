import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchThrowAwayCluster } from '../support/throw-away-cluster.js'
import { ensureClusterBinary } from './build-cluster-binary.js'
import { launchCluster } from './launch-cluster.js'

/** Lets plain Node run these sources: it strips the types, but imports name the compiled file. */
const SOURCE_LOADER = `data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from 'node:module'
  registerHooks({
    resolve: (name, context, next) =>
      next(/^\\.\\.?\\/.*\\.js$/.test(name) && context.parentURL?.endsWith('.ts') ? name.replace(/js$/, 'ts') : name, context),
  })`)}`
const LAUNCHER = `
  const { launchCluster } = await import(${JSON.stringify(new URL('./launch-cluster.ts', import.meta.url).href)})
  const cluster = await launchCluster({ dir: process.env.CLUSTER_DIR, binary: process.env.CLUSTER_BINARY })
  console.log(JSON.stringify(Object.values(cluster.pids)))`

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps'

describe('launchCluster()', () => {
  let root: string
  let binary: string

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'lockstep-launch-'))
    binary = await ensureClusterBinary()
  })

  afterAll(() => rm(root, { recursive: true, force: true }))

  it('runs two clusters side by side that know nothing of each other', async () => {
    const begin = Date.now()
    const [one, two] = await Promise.all([launchThrowAwayCluster(), launchThrowAwayCluster()])
    // 3 to 6 s each when alone; the limit leaves room for a busy machine.
    expect(Date.now() - begin).toBeLessThan(30_000)
    await one.cluster
      .client('sut')
      .expect({ method: 'POST', path: CONFIG_MAPS, body: { metadata: { name: 'one' } } })
    expect((await two.cluster.client('sut').request({ path: `${CONFIG_MAPS}/one` })).status).toBe(404)
    const trusted = await two.cluster.client().request({ path: '/version' })
    expect(trusted.object['gitVersion']).toMatch(/^v1\.\d+\.\d+$/)
    await Promise.all([one.stop(), two.stop()])
  })

  it('gives each user the rights it is meant to have, and counts its calls', async () => {
    const { cluster, stop } = await launchThrowAwayCluster()
    const status = async (user: 'observer' | 'sut' | 'floor' | 'nobody'): Promise<number> =>
      (await cluster.client(user).request({ path: '/api/v1/secrets' })).status
    expect(await status('observer')).toBe(200)
    expect(await status('sut')).toBe(200)
    expect(await status('floor')).toBe(200)
    expect(await status('nobody')).toBe(403)
    const metrics = await cluster.client().request({ path: '/metrics' })
    for (const user of ['observer', 'sut', 'floor']) {
      expect(String(metrics.object['message'])).toMatch(
        new RegExp(
          `apiserver_flowcontrol_dispatched_requests_total{flow_schema="${user}",priority_level="exempt"} [1-9]`,
        ),
      )
    }
    await stop()
  })

  it('finds its state, port and tokens again', async () => {
    const dir = join(root, 'again')
    const first = await launchCluster({ dir, binary, fsync: true })
    const kubeconfig = first.kubeconfig()
    await first.client().expect({ method: 'POST', path: CONFIG_MAPS, body: { metadata: { name: 'kept' } } })
    await first.stop()
    const second = await launchCluster({ dir, binary, fsync: true })
    expect(second.kubeconfig()).toBe(kubeconfig)
    expect((await second.client('sut').request({ path: `${CONFIG_MAPS}/kept` })).status).toBe(200)
    await second.stop()
    expect((await stat(join(dir, 'tokens.csv'))).mode & 0o777).toBe(0o600)
    expect((await stat(join(dir, 'ca.key'))).mode & 0o777).toBe(0o600)
  })

  it('comes back with its state after the API server was killed', async () => {
    const { cluster, stop } = await launchThrowAwayCluster()
    await cluster.client().expect({ method: 'POST', path: CONFIG_MAPS, body: { metadata: { name: 'kept' } } })
    await cluster.killApiserver()
    await expect(cluster.client().request({ path: '/readyz' })).rejects.toThrow()
    expect(Object.keys(cluster.pids).sort()).toEqual(['controller-manager', 'etcd'])
    await cluster.startApiserver()
    expect((await cluster.client().request({ path: `${CONFIG_MAPS}/kept` })).status).toBe(200)
    await stop()
  })

  it('says which port is taken', async () => {
    const squatter = createServer().listen(0, '127.0.0.1')
    await once(squatter, 'listening')
    const address = squatter.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const dir = join(root, 'taken')
    await expect(launchCluster({ dir, binary, port })).rejects.toThrow(
      `port ${port}, which its kubeconfigs name`,
    )
    squatter.close()
  })

  it('says why a role ended, with the end of its log', async () => {
    const dir = join(root, 'broken')
    const first = await launchCluster({ dir, binary })
    await first.stop()
    await rm(join(dir, 'sa.pub'))
    await expect(launchCluster({ dir, binary })).rejects.toThrow(/apiserver ended\. Its log .*sa\.pub/s)
  })

  it('leaves no orphan when the launcher is killed', async () => {
    const launcher = spawn(
      process.execPath,
      ['--import', SOURCE_LOADER, '--input-type=module', '-e', LAUNCHER],
      {
        env: { ...process.env, CLUSTER_DIR: join(root, 'orphan'), CLUSTER_BINARY: binary },
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    )
    const [line] = (await once(launcher.stdout, 'data')) as [Buffer]
    const pids = JSON.parse(line.toString()) as number[]
    expect(pids).toHaveLength(3)
    expect(pids.every(isAlive)).toBe(true)
    launcher.kill('SIGKILL')
    const end = Date.now() + 5000
    while (pids.some(isAlive) && Date.now() < end) await sleep(20)
    expect(pids.filter(isAlive)).toEqual([])
  })
})
