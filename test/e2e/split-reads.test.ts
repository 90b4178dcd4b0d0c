import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ServedLogs, serveLogs } from '../cluster/serve-logs.js'
import { openSocket } from '../integration/api/graphql-socket.js'
import { createRepository } from '../support/git-repository.js'
import { startGitServer, type GitServer } from '../support/git-server.js'
import { ROOT } from '../support/running-product.js'
import { RunningRoles } from '../support/running-roles.js'
import {
  freshNamespace,
  launchThrowAwayCluster,
  type ThrowAwayCluster,
} from '../support/throw-away-cluster.js'

const PASSWORD = 'a first password of twelve'
const NODE = 'node-of-logs'

let roles: RunningRoles
let lent: ThrowAwayCluster
let git: GitServer
let logs: ServedLogs
let root: string
let namespace: string

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'lockstep-split-reads-'))
  await chmod(root, 0o711)
  ;[lent, git, roles] = await Promise.all([
    launchThrowAwayCluster(),
    startGitServer({ root }),
    RunningRoles.start(),
  ])
  const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: NODE } }
  await lent.cluster.client().expect({ method: 'POST', path: '/api/v1/nodes', body: node })
  logs = await serveLogs(lent.cluster)
  namespace = await freshNamespace(lent.cluster)
  await createRepository(root, 'web', { 'web/pod.yaml': POD })
  await setUp()
}, 120_000)

afterAll(async () => {
  await logs?.stop()
  await roles?.stop()
  await Promise.all([git?.stop(), lent?.stop()])
  await rm(root, { recursive: true, force: true })
})

const POD = `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  nodeName: ${NODE}
  containers:
    - name: app
      image: registry.example.org/web:1
`

async function setUp(): Promise<void> {
  const kubeconfig = join(root, 'kubeconfig')
  await writeFile(kubeconfig, lent.cluster.kubeconfig('sut'))
  const lines = [
    ['login', await roles.link, '--password-stdin'],
    ['repo', 'add', `${git.url}/web.git`],
    ['cluster', 'add', '--kubeconfig', kubeconfig, '--name', 'prod', '--yes'],
    ['proj', 'set', 'default', '--src', '*', '--dest', '*,*'],
    ['app', 'create', 'web', '--repo', `${git.url}/web.git`, '--path', 'web', '--revision', 'main'].concat([
      '--dest-name',
      'prod',
      '--dest-namespace',
      namespace,
    ]),
    ['app', 'sync', 'web', '--timeout', '60'],
  ]
  for (const line of lines) {
    const told = await cli(line, PASSWORD)
    expect(told.code, `${line.slice(0, 2).join(' ')}: ${told.err}`).toBe(0)
  }
}

interface CliResult {
  readonly code: number
  readonly out: string
  readonly err: string
}

function commandLine(args: readonly string[]): readonly string[] {
  return [join(ROOT, 'tools/lockstep.mjs'), '--config', join(roles.folder, 'cli.yaml'), ...args]
}

function cli(args: readonly string[], input = ''): Promise<CliResult> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, commandLine(args), (error, out, err) =>
      resolve({ code: error === null ? 0 : Number(error.code), out, err }),
    )
    child.stdin?.end(input)
  })
}

function write(text: string): void {
  logs.write({ namespace, pod: 'web', container: 'app' }, text)
}

/** A command that goes on, with what it printed so far. */
class Going {
  out = ''
  err = ''
  readonly #child: ChildProcess

  constructor(args: readonly string[]) {
    this.#child = spawn(process.execPath, [...commandLine(args)], { stdio: ['ignore', 'pipe', 'pipe'] })
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.out += text))
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.err += text))
  }

  async printed(wanted: string): Promise<void> {
    const end = performance.now() + 40_000
    while (!this.out.includes(wanted)) {
      if (performance.now() > end) throw new Error(`Never printed ${wanted}:\n${this.out}\n${this.err}`)
      await sleep(50)
    }
  }

  async end(): Promise<void> {
    const gone = once(this.#child, 'exit')
    this.#child.kill('SIGTERM')
    await gone
  }
}

describe('reads of a gateway that holds no credential of a cluster', () => {
  it('logs come through the owner of the cluster [1.6 Logs]', async () => {
    write('first')
    write('second')
    expect(await cli(['app', 'logs', 'web', '--tail', '1'])).toEqual({
      code: 0,
      out: 'web second\n',
      err: '',
    })
    expect(await cli(['app', 'logs', 'web', '--filter', '!second'])).toMatchObject({ out: 'web first\n' })
    const wrong = await cli(['app', 'logs', 'web', '--container', 'absent'])
    expect(wrong.code).toBe(20)
    expect(wrong.err).toContain('absent')
  })

  it('a log that is followed goes on with the next owner, without gaps or doubles', async () => {
    const following = new Going(['app', 'logs', 'web', '--follow', '--tail', '1'])
    await following.printed('web second')
    write('third')
    await following.printed('web third')
    await roles.role['cluster-worker'].end('SIGKILL')
    write('while nobody owned it')
    await roles.role['cluster-worker'].start()
    await following.printed('web while nobody owned it')
    write('fourth')
    await following.printed('web fourth')
    expect(following.out.trim().split('\n')).toEqual([
      'web second',
      'web third',
      'web while nobody owned it',
      'web fourth',
    ])
    expect(following.err).toContain('Going on in a moment.')
    await following.end()
  }, 60_000)

  it('nobody owns the cluster: the refusal says so, and what to do', async () => {
    await roles.role['cluster-worker'].end('SIGTERM')
    const refused = await cli(['app', 'logs', 'web'])
    expect(refused.code).toBe(20)
    expect(refused.err).toContain('no cluster worker owns it now')
    await roles.role['cluster-worker'].start()
  })

  it('tree, objects and events come the same way', async () => {
    await eventually(async () => (await cli(['app', 'resources', 'web'])).code === 0)
    expect((await cli(['app', 'get', 'web', '-o', 'tree'])).out).toMatch(
      /KIND\/NAME +STATUS[^]*Pod\/web +Synced/,
    )
    const pod = await cli(['app', 'get-resource', 'web', '--kind', 'Pod', '-o', 'yaml'])
    expect(pod.out).toContain(`nodeName: ${NODE}`)
    expect(pod.out).not.toContain('managedFields')
  })
})

describe('whoever listens at the gateway hears what workers do', () => {
  const listen = async (query: string) => {
    const input = { username: 'admin', password: PASSWORD, bearer: true }
    const login = 'mutation($input: LoginInput!) { login(input: $input) { token } }'
    const answer = await roles.api.ask(login, { input })
    const { token } = answer['login'] as { readonly token: string }
    const client = await openSocket(roles.url, { authorization: `Bearer ${token}` })
    client.subscribe(query, {})
    await sleep(500)
    return client
  }

  it('an operation, to its end', async () => {
    expect((await cli(['app', 'sync', 'web', '--async'])).code).toBe(0)
    const client = await listen(
      'subscription { operationProgress(input: { name: "web" }) { phase message results { kind outcome } } }',
    )
    await client.next('complete')
    const told = client.seen.filter(({ type }) => type === 'next').map(({ payload }) => payload.data)
    expect(told.at(-1)?.operationProgress).toMatchObject({
      phase: 'SUCCEEDED',
      results: [{ kind: 'Pod', outcome: 'UNCHANGED' }],
    })
    client.close()
  })

  it('an application, and that it is gone', async () => {
    const client = await listen(
      'subscription { applicationChanged(filter: { names: ["web"] }) { kind application { name deletion { requestedAt } } } }',
    )
    const kinds = () =>
      client.seen
        .filter(({ type }) => type === 'next')
        .map(({ payload }) => payload.data.applicationChanged.kind as string)
    expect((await cli(['app', 'set', 'web', '--sync-option', 'Validate=false'])).code).toBe(0)
    await eventually(async () => kinds().includes('CHANGED'))
    // Its Pod stays: no kubelet would let go of it.
    const deleted = await cli(['app', 'delete', 'web', '--cascade=false', '--yes', '--wait'])
    expect(deleted.code, deleted.err).toBe(0)
    await eventually(async () => kinds().at(-1) === 'DELETED')
    client.close()
  }, 60_000)
})

async function eventually(wanted: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + 30_000
  while (!(await wanted())) {
    if (performance.now() > end) throw new Error('Never came true.')
    await sleep(200)
  }
}
