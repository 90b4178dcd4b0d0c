import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ClusterAccess } from '../cluster/cluster-access.js'
import { commitFiles, createRepository, type Files } from '../support/git-repository.js'
import { startGitServer, type GitServer } from '../support/git-server.js'
import { whyNoRedisServer } from '../support/redis-server.js'
import { ROOT } from '../support/running-product.js'
import { ROLES, RunningRoles, type RoleName } from '../support/running-roles.js'
import { borrowCluster, freshNamespace } from '../support/throw-away-cluster.js'
import { configMap } from './stage.js'

const APPLICATIONS = 40
const OBJECTS = 3
const CREDENTIALS = { username: 'robot', password: `git-${randomBytes(12).toString('hex')}` }
const PASSWORD = 'a first password of twelve'

let roles: RunningRoles
let cluster: ClusterAccess
let git: GitServer
let root: string
let namespace: string
let repository: { readonly path: string }

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'lockstep-processes-'))
  await chmod(root, 0o711)
  ;[cluster, git, roles] = await Promise.all([
    borrowCluster(),
    startGitServer({ root, credentials: CREDENTIALS }),
    RunningRoles.start(),
  ])
  namespace = await freshNamespace(cluster)
  repository = await createRepository(root, 'fleet', filesOf(0))
})

afterAll(async () => {
  await roles?.stop()
  await git?.stop()
  await rm(root, { recursive: true, force: true })
})

function nameOf(index: number): string {
  return `app-${String(index).padStart(2, '0')}`
}

const NAMES = Array.from({ length: APPLICATIONS }, (_, index) => nameOf(index))

function filesOf(round: number): Files {
  const files = NAMES.flatMap((name) =>
    Array.from({ length: OBJECTS }, (_, object) => {
      const objectName = `${name}-${object}`
      const content = { of: name, round: String(round) }
      return [`${name}/${object}.yaml`, configMap(objectName, content, object)] as const
    }),
  )
  return Object.fromEntries(files)
}

interface CliResult {
  readonly code: number
  readonly out: string
  readonly err: string
}

function cli(args: readonly string[], input = ''): Promise<CliResult> {
  return new Promise((resolve) => {
    const line = [join(ROOT, 'tools/lockstep.mjs'), '--config', join(roles.folder, 'cli.yaml'), ...args]
    const child = execFile(process.execPath, line, (error, out, err) =>
      resolve({ code: error === null ? 0 : Number(error.code), out, err }),
    )
    child.stdin?.end(input)
  })
}

async function query(text: string): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: roles.databaseUrl })
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(text)).rows
  } finally {
    await client.end()
  }
}

async function create(name: string, ...more: readonly string[]): Promise<void> {
  const source = ['--repo', `${git.url}/fleet.git`, '--path', name, '--revision', 'main']
  const destination = ['--dest-name', 'prod', '--dest-namespace', namespace]
  expect(await cli(['app', 'create', name, ...source, ...destination, ...more])).toMatchObject({ code: 0 })
}

async function eventually(wanted: () => Promise<boolean>, what: () => string, patienceMs = 45_000) {
  const end = performance.now() + patienceMs
  while (!(await wanted().catch(() => false))) {
    if (performance.now() > end) throw new Error(`Never came true: ${what()}`)
    await sleep(200)
  }
}

describe(`three roles with ${whyNoRedisServer() === undefined ? 'Redis' : 'the queue on Postgres'}`, () => {
  it.each(ROLES)('--check finds the %s in order, and starts nothing', async (name) => {
    expect(await roles.run(name, ['--check'], roles.env(name))).toContain(`The ${name} can start`)
  })

  it.each([
    { name: 'gateway', other: 'cluster-worker', fault: 'rings.clusters must not be there' },
    { name: 'source-worker', other: 'cluster-worker', fault: 'rings.git is missing' },
    { name: 'cluster-worker', other: 'gateway', fault: 'installationKey is missing' },
  ] as const)('a $name refuses the keys of a $other, and tells all else', async ({ name, other, fault }) => {
    const env = {
      ...roles.env(name),
      LOCKSTEP__VAULT__KEYSFILE: join(roles.folder, 'keys', `${other}-keys.json`),
      LOCKSTEP__QUEUE__KIND: 'memory',
    }
    const refused = await roles
      .run(name, ['--check'], env)
      .catch((error: { readonly stderr: string }) => error)
    expect(refused).toMatchObject({ code: 20, stderr: expect.stringContaining(fault) })
    expect(refused).toMatchObject({ stderr: expect.stringContaining('queue.kind: ') })
  })

  it('refuse a database of a newer release', async () => {
    await query(`INSERT INTO schema_migrations (name, checksum) VALUES ('9999_future', 'x')`)
    const refused = await roles
      .run('gateway', ['--check'], roles.env('gateway'))
      .catch((error: unknown) => error)
    await query(`DELETE FROM schema_migrations WHERE name = '9999_future'`)
    expect(refused).toMatchObject({ code: 20, stderr: expect.stringContaining('a newer release applied') })
  })

  it('walk the first path by the CLI', async () => {
    expect(await cli(['login', await roles.link, '--password-stdin'], PASSWORD)).toMatchObject({ code: 0 })
    const repository = ['repo', 'add', `${git.url}/fleet.git`, '--username', CREDENTIALS.username]
    const wrong = await cli([...repository, '--password-stdin'], 'not the password')
    expect(wrong.code).toBe(20)
    expect(await cli([...repository, '--password-stdin'], CREDENTIALS.password)).toMatchObject({ code: 0 })
    const kubeconfig = join(roles.folder, 'kubeconfig')
    await writeFile(kubeconfig, cluster.kubeconfig('sut'))
    const add = ['cluster', 'add', '--kubeconfig', kubeconfig, '--name', 'prod', '--yes']
    expect(await cli(add)).toMatchObject({ code: 0 })
    const open = ['proj', 'set', 'default', '--src', '*', '--dest', '*,*']
    expect(await cli(open)).toMatchObject({ code: 0 })
    await create('app-00')
    expect(await cli(['app', 'sync', 'app-00', '--timeout', '60'])).toMatchObject({ code: 0 })
    const wait = await cli(['app', 'wait', 'app-00', '--sync', '--health', '--timeout', '60'])
    expect(wait).toMatchObject({ code: 0 })
    const list = await cli(['app', 'list'])
    expect(list.out).toMatch(/app-00 .*Synced\s+Healthy/)
  })

  it('answer a diff through the owner of the cluster', async () => {
    expect(await cli(['app', 'diff', 'app-00'])).toMatchObject({ code: 0, out: '' })
    const path = `/api/v1/namespaces/${namespace}/configmaps/app-00-0`
    const contentType = 'application/merge-patch+json'
    const body = { data: { of: 'somebody else' } }
    await cluster.client().expect({ method: 'PATCH', path, body, contentType })
    const diff = await cli(['app', 'diff', 'app-00'])
    expect(diff).toMatchObject({ code: 1, out: expect.stringContaining('somebody else') })
    expect(await cli(['app', 'sync', 'app-00', '--timeout', '60'])).toMatchObject({ code: 0 })
  })

  it('G-07 keep in the database and in the gateway nothing that reads as a credential', async () => {
    const rows = await query("SELECT encode(sealed_credential, 'escape') AS sealed FROM clusters")
    const git = await query(`SELECT encode(sealed_credential, 'escape') AS sealed FROM repositories`)
    for (const { sealed } of [...rows, ...git]) {
      expect(String(sealed)).not.toContain(CREDENTIALS.password)
      expect(String(sealed)).not.toContain('BEGIN')
    }
    const keys = await readFile(join(roles.folder, 'keys/gateway-keys.json'), 'utf8')
    expect(Object.keys((JSON.parse(keys) as { readonly rings: object }).rings)).toEqual(['login'])
  })

  it('survive kill -9 of each in turn during a sync of 40 applications', async () => {
    const automated = ['--sync-policy', 'automated', '--self-heal']
    for (const some of inFours(NAMES.slice(1)))
      await Promise.all(some.map((name) => create(name, ...automated)))
    expect(await cli(['app', 'set', 'app-00', '--sync-policy', 'automated'])).toMatchObject({ code: 0 })
    const hits: string[] = []
    for (const [index, name] of ROLES.entries()) hits.push(await killDuringWork(name, index + 1))
    await eventually(
      () => allAre(ROLES.length),
      () => `all are Synced (done when killed: ${hits.join(', ')})`,
    )
    process.stderr.write(`processes.test.ts: objects done when killed: ${hits.join(', ')}\n`)
    expect(
      hits.some((hit) => !/ (0|120)$/.test(hit)),
      hits.join(', '),
    ).toBe(true)
    await expectNothingDoubled()
  })

  it('end in good order on SIGTERM and go on after a start', async () => {
    const codes = await Promise.all(ROLES.map((name) => roles.role[name].end('SIGTERM')))
    expect(codes).toEqual([0, 0, 0])
    const held = await query('SELECT kind, id FROM leases WHERE owner IS NOT NULL')
    expect(held).toEqual([])
    // With fresh keys in front: what was sealed before still opens.
    await roles.run('make-keys', ['--to', join(roles.folder, 'keys'), '--rotate', 'clusters'], {})
    await Promise.all(ROLES.map((name) => roles.role[name].start()))
    await eventually(
      () => allAre(ROLES.length),
      () => 'all are Synced after a restart',
    )
    expect(await cli(['app', 'diff', 'app-00'])).toMatchObject({ code: 0 })
  })

  it('take no more memory than they may', async () => {
    const megabytes = await Promise.all(roles.pids.map(proportionalSetSize))
    process.stderr.write(`processes.test.ts: ${ROLES.join(', ')}: ${megabytes.join(', ')} MB\n`)
    expect(megabytes.reduce((sum, one) => sum + one, 0)).toBeLessThan(650)
  })
})

function inFours(names: readonly string[]): readonly (readonly string[])[] {
  return Array.from({ length: Math.ceil(names.length / 4) }, (_, at) => names.slice(at * 4, at * 4 + 4))
}

async function liveObjects(): Promise<readonly Live[]> {
  const list = await cluster.client().expect({ path: `/api/v1/namespaces/${namespace}/configmaps` })
  return (list['items'] as readonly Live[]).filter(({ metadata }) => metadata.name.startsWith('app-'))
}

interface Live {
  readonly metadata: { readonly name: string; readonly uid: string }
  readonly data?: Readonly<Record<string, string>>
}

async function doneIn(round: number): Promise<number> {
  return (await liveObjects()).filter((object) => object.data?.['round'] === String(round)).length
}

/** By what the CLI says and by what is live. */
async function allAre(round: number): Promise<boolean> {
  const { code, out } = await cli(['app', 'list', '--output', 'json'])
  if (code !== 0) return false
  const applications = JSON.parse(out) as readonly {
    readonly status?: { readonly sync?: { status?: string } }
  }[]
  const synced = applications.filter((one) => one.status?.sync?.status === 'Synced').length
  return synced === APPLICATIONS && (await doneIn(round)) === APPLICATIONS * OBJECTS
}

/** A commit that changes every object; the role is killed when about a third is done. Answers how far the work was. */
async function killDuringWork(name: RoleName, round: number): Promise<string> {
  await commitFiles(repository, filesOf(round))
  const refreshed = cli(['app', 'get', 'app-00', '--hard-refresh'])
  // A source worker is done with its part before the first object is.
  const end = performance.now() + (name === 'source-worker' ? 600 : 20_000)
  while (performance.now() < end && (await doneIn(round)) < (APPLICATIONS * OBJECTS) / 3) await sleep(5)
  await roles.role[name].end('SIGKILL')
  const hit = `${name} ${await doneIn(round)}`
  await sleep(500)
  await roles.role[name].start()
  await refreshed
  return hit
}

/** Megabytes; where the system does not tell, 0. */
async function proportionalSetSize(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '')
  return Math.round(Number(/^Pss:\s+(\d+) kB$/m.exec(text)?.[1] ?? 0) / 1024)
}

async function expectNothingDoubled(): Promise<void> {
  const live = (await liveObjects()).map(({ metadata }) => metadata.name)
  const declared = NAMES.flatMap((name) =>
    Array.from({ length: OBJECTS }, (_, object) => `${name}-${object}`),
  )
  expect(live.toSorted()).toEqual(declared.toSorted())
  expect(await query('SELECT id FROM operations WHERE finished_at IS NULL')).toEqual([])
  const twice = await query(
    `SELECT object, details->>'operation' AS operation, action, count(*) FROM audit_events
     WHERE details ? 'operation' GROUP BY 1, 2, 3 HAVING count(*) > 1`,
  )
  expect(twice).toEqual([])
}
