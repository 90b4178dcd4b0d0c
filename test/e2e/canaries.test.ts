import { randomBytes } from 'node:crypto'
import { readFile, readdir } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { commitFiles } from '../support/git-repository.js'
import { freshNamespace } from '../support/throw-away-cluster.js'
import { queryProduct } from './query-product.js'
import { type StageRepository, Stage, automatedSpec } from './stage.js'

const ADMIN_PASSWORD = canary('admin')
const DECLARED = [canary('one'), canary('two')] as const
const BY_HAND = canary('hand')
const BROKEN = canary('broken')

let stage: Stage
let repository: StageRepository
let namespace: string
const commandLines = new Set<string>()
const looking = new AbortController()
let looked: Promise<void>

function canary(name: string): string {
  return `canary-${name}-${randomBytes(9).toString('hex')}`
}

function secret(value: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'keys' },
    stringData: { plain: value },
    data: { coded: Buffer.from(value).toString('base64') },
  })
}

/** Each secret, and how it looks in base64. */
function canaries(): readonly string[] {
  const { gitPassword, webhookSecret, cluster } = stage
  const plain = [ADMIN_PASSWORD, ...DECLARED, BY_HAND, BROKEN, gitPassword, webhookSecret, cluster.tokens.sut]
  return plain.flatMap((text) => [
    text,
    Buffer.from(text)
      .toString('base64')
      .replace(/.{0,2}=*$/, ''),
  ])
}

function expectClean(text: string, where: string): void {
  for (const one of canaries()) {
    const at = text.indexOf(one)
    const around = at < 0 ? '' : text.slice(Math.max(0, at - 200), at + 100)
    expect(around, `a canary in ${where}`).toBe('')
  }
}

async function lookAtCommandLines(): Promise<void> {
  while (!looking.signal.aborted) {
    for (const pid of await readdir('/proc')) {
      if (!/^\d+$/.test(pid)) continue
      commandLines.add(await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''))
    }
    await sleep(5)
  }
}

/** All that is asked while an application with Secrets is synced, differs, is healed, fails and is read. */
async function live(): Promise<void> {
  const path = `/api/v1/namespaces/${namespace}/secrets/keys`
  const edit = { stringData: { plain: BY_HAND } }
  const contentType = 'application/merge-patch+json'
  const byHand = () => stage.cluster.client().expect({ method: 'PATCH', path, body: edit, contentType })
  await byHand()
  await stage.synced('vault')
  const { syncPolicy: _automated, ...spec } = automatedSpec(specParts())
  await stage.api.change('updateApplication', { name: 'vault', spec })
  const commit = await commitFiles(repository, { 'app/keys.yaml': secret(DECLARED[1]) })
  await stage.announce(repository)
  await stage.until('vault', ({ sync, revisions }) => sync === 'OUT_OF_SYNC' && revisions[0] === commit)
  await byHand()
  await sleep(300)
  await readEverything()
  await stage.api.change('syncApplication', { name: 'vault', dryRun: true }, 'operation { id message }')
  await stage.until('vault', ({ operation }) => operation?.finishedAt !== null)
  await stage.api.change('syncApplication', { name: 'vault' }, 'operation { id message }')
  await stage.synced('vault', commit)
  await fail()
}

/** An error of the API server or of the YAML parser likes to quote what it did not understand. */
async function fail(): Promise<void> {
  const wrong = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'keys' }, data: { coded: BROKEN } }
  await commitFiles(repository, { 'app/keys.yaml': JSON.stringify(wrong) })
  await stage.announce(repository)
  await sleep(1500)
  await stage.api.change('syncApplication', { name: 'vault' }).catch(() => undefined)
  await sleep(1500)
  await readEverything()
  await commitFiles(repository, { 'app/keys.yaml': `kind: Secret\nstringData: {a: [${BROKEN}\n` })
  await stage.announce(repository)
  await stage.until('vault', ({ conditions }) => conditions.length > 0)
  await readEverything()
}

async function readEverything(): Promise<void> {
  const key = { group: '', kind: 'Secret', namespace, name: 'keys' }
  const query = `query($key: ResourceKeyInput!) {
    application(name: "vault") {
      spec conditions { message } resources { name status health { message } }
      diff { name live target differences { path live declared } } live(key: $key)
      operation { message results { message } } history { initiatedBy } }
    repositories { url username hasPassword connection { message } }
    clusters { name server connection { message } } projects { spec } viewer { username } }`
  await stage.api.ask(query, { key }).catch((error: unknown) => expectClean(String(error), 'an error'))
}

function specParts() {
  return { repository: repository.url, path: 'app', cluster: 'prod', namespace }
}

beforeAll(async () => {
  stage = await Stage.open()
  looked = lookAtCommandLines()
  await stage.product.completeSetup(ADMIN_PASSWORD)
  namespace = await freshNamespace(stage.cluster)
  repository = await stage.repository('vault', { 'app/keys.yaml': secret(DECLARED[0]) })
  await stage.connectCluster('prod')
  await stage.api.change('createApplication', { name: 'vault', spec: automatedSpec(specParts()) })
  await stage.synced('vault')
  await live()
  looking.abort()
  await looked
})
afterAll(async () => {
  looking.abort()
  await stage?.close()
})

describe('secrets are found', () => {
  it('in the cluster, where they belong', async () => {
    const path = `/api/v1/namespaces/${namespace}/secrets/keys`
    const { object } = await stage.cluster.client().request({ path })
    expect(JSON.stringify(object)).toContain(Buffer.from(DECLARED[1]).toString('base64'))
  })

  it('R-37 in no answer of the API', () => {
    expect(stage.api.answers).toContain('keys')
    expectClean(stage.api.answers, 'an answer')
  })

  it('in no refusal of what was asked for wrongly', async () => {
    const inputs = [
      ['completeSetup', { password: ADMIN_PASSWORD }],
      ['login', { username: 5, password: `${ADMIN_PASSWORD}; more` }],
      ['addRepository', { url: repository.url, password: stage.gitPassword, unknown: true }],
    ] as const
    for (const [name, input] of inputs) {
      const refused = await stage.api.change(name, input).then(String, String)
      expect(refused).toContain('BAD_USER_INPUT')
      expectClean(refused, name)
    }
  })

  it('A-09 in no line of the log', () => {
    expect(stage.product.output.length).toBeGreaterThan(500)
    expectClean(stage.product.output, 'the log')
  })

  it('in no command line', () => {
    expect([...commandLines].some((line) => line.includes('all-in-one.js'))).toBe(true)
    expectClean([...commandLines].join('\n'), 'a command line')
  })

  it('B-17 G-07 in no column of the database', async () => {
    const tables = await queryProduct(
      stage.product,
      `SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'`,
    )
    expect(tables.length).toBeGreaterThan(10)
    for (const { table_name: table } of tables) {
      const rows = await queryProduct(stage.product, `SELECT * FROM "${String(table)}"`)
      expectClean(rows.map(textOf).join('\n'), `table ${String(table)}`)
    }
  })
})

/** A row with bytes as the characters that they may be. */
function textOf(row: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(
    Object.values(row).map((value) => (Buffer.isBuffer(value) ? value.toString('latin1') : value)),
  )
}
