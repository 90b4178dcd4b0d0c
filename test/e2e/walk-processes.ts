/**
 * The walk of docs/operator/processes.md as printed, in a fresh clone, and then more: each role is killed in turn while many applications
 * are synced, and once a second what the CLI says is compared with what is in the cluster. Too long for `npm test`:
 *
 *   node dist/test/e2e/walk-processes.js --applications 200
 *
 * Only what a person has, and what this machine has not, is put in: addresses of Postgres, Redis and Git, a port, passwords, `--yes`.
 */
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs, promisify } from 'node:util'
import pg from 'pg'
import { silentLogger } from '../../src/base/logger.js'
import { startEmbeddedPostgres } from '../../src/store/postgres/embedded-postgres.js'
import { ensureClusterBinary } from '../cluster/build-cluster-binary.js'
import { launchCluster } from '../cluster/launch-cluster.js'
import { commitFiles, createRepository } from '../support/git-repository.js'
import { startGitServer } from '../support/git-server.js'
import { RedisServer } from '../support/redis-server.js'
import { ROOT } from '../support/running-product.js'
import { ROLES, freePort, type RoleName } from '../support/running-roles.js'
import { Shell, commandsIn, shellBlocks } from './printed-shell.js'
import { TruthWatch, filesOf, namesOf } from './truth-watch.js'

const PASSWORD = 'a first password of twelve'
const GIT = { username: 'robot', password: `git-${randomBytes(12).toString('hex')}` }
const AWAY_MS = 3_000
/** So long may what was observed stand for what is: then it is shown as Unknown. */
const THREE_INTERVALS_MS = 45_000

const { values } = parseArgs({ options: { applications: { type: 'string', default: '200' } } })
const names = namesOf(Number(values.applications))
const root = await mkdtemp(join(tmpdir(), 'lockstep-walk-'))
await chmod(root, 0o711)
const clone = join(root, 'lockstep')
const say = (what: string): void =>
  void process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${what}\n`)

say(`Cloning into ${clone}`)
await promisify(execFile)('git', ['clone', '--quiet', ROOT, clone])
const binary = await ensureClusterBinary({ onProgress: say })
const [postgres, redis, cluster, git, port] = await Promise.all([
  startEmbeddedPostgres({ dir: join(root, 'postgres'), logger: silentLogger }),
  RedisServer.start(),
  launchCluster({ dir: join(root, 'cluster'), binary, fsync: false }),
  startGitServer({ root, credentials: GIT }),
  freePort(),
])
const fleet = await createRepository(root, 'fleet', { ...filesOf(names, 0), 'shop/0.yaml': shopOf() })
const kubeconfig = join(root, 'kubeconfig')
const config = cluster.kubeconfig('sut').replace(/(?<=contexts:\s+- name: )cluster/, 'my-context')
await writeFile(kubeconfig, config.replace('current-context: cluster', 'current-context: my-context'))
const shell = new Shell(clone, {
  replace: {
    'postgresql://lockstep:lockstep@127.0.0.1:5432/lockstep': postgres.connectionString,
    'redis://127.0.0.1:6379': redis.url,
    'https://git.example.org/shop.git': `${git.url}/fleet.git`,
    '--path deploy': '--path shop',
    'npm install\n': 'npm install --no-audit --no-fund\n',
  },
  env: {
    KUBECONFIG: kubeconfig,
    LOCKSTEP__HTTP__PORT: String(port),
    XDG_CONFIG_HOME: join(root, 'config'),
    HOME: process.env['HOME'] ?? root,
  },
})
let failed = false
try {
  await walk()
  await killEachInTurn()
} catch (error) {
  failed = true
  say(error instanceof Error ? (error.stack ?? error.message) : String(error))
} finally {
  await shell.killAll()
  await Promise.all([git.stop(), cluster.stop(), postgres.stop(), redis.stop()])
  await rm(root, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
}
process.exit(failed ? 1 : 0)

/** Every block of the page, in its order. */
async function walk(): Promise<void> {
  const blocks = shellBlocks(await readFile(join(clone, 'docs/operator/processes.md'), 'utf8'), 'Walk')
  const own = blocks.filter((block) => !/docker compose|apt-get/.test(block))
  for (const block of own) {
    const role = ROLES.find((name) => block.trim().endsWith(`/${name}.js`))
    if (role !== undefined) await start(role, block)
    else if (block.includes('npx lockstep')) await useCli(block)
    else {
      const began = performance.now()
      await shell.run(block)
      say(`${block.trim().split('\n').join(' ; ').slice(0, 100)}: ${seconds(began)} s`)
    }
  }
}

async function start(role: RoleName, block: string): Promise<void> {
  const began = performance.now()
  await shell.start(role, block, role === 'gateway' ? /setup\?token=|listens on/ : /answers the gateway on/)
  say(`${role} started in ${seconds(began)} s`)
}

/** As a person types it: LINK is what the gateway printed, and questions are answered. */
async function useCli(block: string): Promise<void> {
  const link = /https?:\/\/\S+\/setup\?token=[\w.~-]+/.exec(shell.output('gateway'))?.[0] ?? ''
  await cluster
    .client()
    .expect({ method: 'POST', path: '/api/v1/namespaces', body: { metadata: { name: 'shop' } } })
  for (const command of commandsIn(block.replace('LINK', link))) {
    const [answer, more] = command.includes(' login ')
      ? [PASSWORD, ' --password-stdin']
      : command.includes('--username')
        ? [GIT.password, ' --password-stdin']
        : ['', command.includes('cluster add') ? ' --yes' : '']
    const { code, out, err } = await shell.tell(command + more, answer)
    say(`${command.replaceAll(/\s+/g, ' ').slice(0, 90)}: ${code} ${out.trim().split('\n').at(-1) ?? ''}`)
    if (code !== 0) throw new Error(`"${command}" ended with ${code}:\n${out}\n${err}`)
  }
}

async function killEachInTurn(): Promise<void> {
  const automated = '--sync-policy automated --self-heal --dest-name prod --dest-namespace shop'
  await shell.run(`node tools/lockstep.mjs proj add-source default ${git.url}/fleet.git`)
  const began = performance.now()
  for (let at = 0; at < names.length; at += 4) {
    const line = (name: string): string =>
      `node tools/lockstep.mjs app create ${name} --repo ${git.url}/fleet.git --path ${name} ${automated}`
    const done = await Promise.all(names.slice(at, at + 4).map((name) => shell.tell(line(name))))
    const bad = done.find(({ code }) => code !== 0)
    if (bad !== undefined) throw new Error(`app create: ${bad.out}${bad.err}`)
  }
  const watch = new TruthWatch({ shell, cluster, namespace: 'shop', names })
  watch.learn(
    await promisify(execFile)('git', ['-C', fleet.path, 'rev-parse', 'main']).then(({ stdout }) =>
      stdout.trim(),
    ),
    0,
  )
  await watch.until(0, 300_000)
  say(`${names.length} applications created and synced in ${seconds(began)} s`)
  watch.start()
  for (const [index, role] of ROLES.entries()) await killDuring(watch, role, index + 1)
  watch.stop()
  await expectNothingLost()
  const told = watch.report()
  say(JSON.stringify(told))
  process.stdout.write(`${JSON.stringify({ applications: names.length, ...told }, null, 2)}\n`)
  if (told.longestFalseGreenMs > THREE_INTERVALS_MS) throw new Error('The CLI said Synced of what was not.')
}

/** A commit that changes every object; the role dies when a third of them are done, or at once when it would be too late. */
async function killDuring(watch: TruthWatch, role: RoleName, round: number): Promise<void> {
  watch.learn(await commitFiles({ path: fleet.path }, filesOf(names, round)), round)
  const refreshed = shell.tell(`node tools/lockstep.mjs app get ${names[0] ?? ''} --hard-refresh`)
  const until = performance.now() + (role === 'source-worker' ? 1_500 : 60_000)
  while (performance.now() < until && (await watch.doneIn(round)) < watch.objects / 3) await sleep(20)
  const done = await watch.doneIn(round)
  await shell.kill(role)
  say(`killed ${role} with ${done} of ${watch.objects} objects done`)
  await sleep(AWAY_MS)
  const began = performance.now()
  await shell.startAgain(role)
  await refreshed
  await watch.until(round, 120_000)
  watch.note(role, { doneWhenKilled: done, recoveredMs: Math.round(performance.now() - began) })
  say(
    `all ${watch.objects} objects are done and all applications say so ${seconds(began)} s after its restart began`,
  )
}

async function expectNothingLost(): Promise<void> {
  const client = new pg.Client({ connectionString: postgres.connectionString })
  await client.connect()
  try {
    const open = await client.query('SELECT id FROM operations WHERE finished_at IS NULL')
    const twice = await client.query(
      `SELECT object, details->>'operation', action, count(*) FROM audit_events
       WHERE details ? 'operation' GROUP BY 1, 2, 3 HAVING count(*) > 1`,
    )
    const sum = await client.query(`SELECT phase, count(*)::int AS n FROM operations GROUP BY 1`)
    say(`operations: ${JSON.stringify(sum.rows)}; open: ${open.rowCount}; recorded twice: ${twice.rowCount}`)
    if (open.rowCount !== 0 || twice.rowCount !== 0)
      throw new Error('An operation was lost or recorded twice.')
  } finally {
    await client.end()
  }
}

function shopOf(): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'shop' },
    data: { of: 'shop' },
  })
}

function seconds(since: number): string {
  return ((performance.now() - since) / 1000).toFixed(1)
}
