import { readdir, readFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { request } from 'undici'
import { freshNamespace } from '../support/throw-away-cluster.js'
import { Stage, automatedSpec, configMap, eventually } from './stage.js'

let stage: Stage
let telemetry: string

beforeAll(async () => {
  const port = await freePort()
  telemetry = `http://127.0.0.1:${port}`
  stage = await Stage.open({ LOCKSTEP__TELEMETRY__PORT: String(port) })
  await stage.product.completeSetup('a first password of twelve')
  const namespace = await freshNamespace(stage.cluster)
  const { url } = await stage.repository('measured', { 'app/a.yaml': configMap('a', { a: '1' }) })
  await stage.connectCluster('prod')
  const parts = { repository: url, path: 'app', cluster: 'prod', namespace }
  await stage.api.change('createApplication', { name: 'measured', spec: automatedSpec(parts) })
  await stage.synced('measured')
})
afterAll(() => stage?.close())

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
}

async function get(path: string, base = telemetry): Promise<{ status: number; text: string; ms: number }> {
  const begin = performance.now()
  const { statusCode, body } = await request(`${base}${path}`)
  const text = await body.text()
  return { status: statusCode, text, ms: performance.now() - begin }
}

/** The postmaster and its children. */
async function postgresPids(): Promise<readonly number[]> {
  const postmaster = Number(
    /"pid":(\d+),"port":\d+,"dir".*Embedded Postgres is ready/.exec(stage.product.output)?.[1],
  )
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const parents = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')))
  const children = pids.filter(
    (_pid, at) => / . (\d+) /.exec(parents[at]?.replace(/^.*\)/, ') ') ?? '')?.[1] === String(postmaster),
  )
  return [postmaster, ...children.map(Number)]
}

describe('/metrics', () => {
  it('tells of the application, its sync, its cluster, Git, renders and the process', async () => {
    await eventually(
      async () => /lockstep_app_info\{.*Synced/.test((await get('/metrics')).text),
      'it is shown',
    )
    const { text } = await get('/metrics')
    for (const line of [
      /^lockstep_app_info\{namespace="argocd",name="measured",project="default",.*dest_cluster="prod",.*sync_status="Synced",health_status="Healthy",autosync_enabled="true",operation=""\} 1$/m,
      /^lockstep_app_sync_total\{project="default",phase="Succeeded",dry_run="false",automated="true"\} \d+$/m,
      /^lockstep_cluster_connection_status\{cluster="prod"\} 1$/m,
      /^lockstep_cluster_heartbeat_age_seconds\{cluster="prod"\} [\d.]+$/m,
      /^lockstep_cluster_api_requests_total\{cluster="prod",verb="PATCH",code="20[01]"\} \d+$/m,
      /^lockstep_lease_epoch\{kind="cluster",cluster="prod"\} [1-9]/m,
      /^lockstep_git_request_total\{request_type="fetch",outcome="done"\} [1-9]/m,
      /^lockstep_render_total\{outcome="done"\} [1-9]/m,
      /^lockstep_app_reconcile_count\{outcome="done"\} [1-9]/m,
      /^lockstep_http_request_duration_seconds_count\{method="POST",route="\/graphql",code="200"\} [1-9]/m,
      /^lockstep_cluster_watches\{cluster="prod",alive="true"\} [1-9]/m,
      /^lockstep_graphql_duration_seconds_count\{kind="query",field="application",outcome="done"\} [1-9]/m,
      /^lockstep_outbox_pending 0$/m,
      /^lockstep_process_resident_memory_bytes \d+$/m,
    ]) {
      expect(text).toMatch(line)
    }
    expect(text).not.toContain(stage.gitPassword)
    expect(text).not.toContain(stage.cluster.tokens.sut)
  })

  it('is not on the port of the API', async () => {
    expect((await get('/metrics', stage.product.url)).status).not.toBe(200)
  })
})

describe('logs', () => {
  it('carry the application that they are about', () => {
    const lines = stage.product.output.split('\n').filter((line) => line.startsWith('{'))
    const parsed = lines.map((line) => JSON.parse(line) as { readonly application?: string })
    expect(parsed.some(({ application }) => application !== undefined)).toBe(true)
  })
})

describe('/livez and /readyz', () => {
  it('tell a database that does not answer from a process that does not live, in time', async () => {
    expect((await get('/readyz')).status).toBe(200)
    const pids = await postgresPids()
    expect(pids.length).toBeGreaterThan(3)
    for (const pid of pids) process.kill(pid, 'SIGSTOP')
    try {
      const ready = await get('/readyz')
      expect(ready).toMatchObject({ status: 503, text: expect.stringMatching(/^database: /) as unknown })
      expect(ready.ms).toBeLessThan(4_000)
      expect((await get('/readyz', stage.product.url)).status).toBe(503)
      const live = await get('/livez')
      expect(live.status).toBe(200)
      expect(live.ms).toBeLessThan(1_000)
      expect((await get('/metrics')).status).toBe(200)
    } finally {
      for (const pid of pids) process.kill(pid, 'SIGCONT')
    }
    await sleep(100)
    await eventually(async () => (await get('/readyz')).status === 200, 'it is ready again')
  })
})
