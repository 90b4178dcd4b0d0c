import { randomInt } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { KubeObject } from '../cluster/cluster-client.js'
import { type Files, commitFiles, removeFiles } from '../support/git-repository.js'
import { freshNamespace } from '../support/throw-away-cluster.js'
import type { Answer } from '../support/running-product.js'
import { type OperationView, type StageRepository, Stage, automatedSpec, configMap } from './stage.js'
import { queryProduct } from './query-product.js'

const OBJECTS = 60
const PRUNED_PER_ROUND = 4
const WAVES = 4
const KILLS = 12
const ROUNDS = 6
const ENOUGH_MS = 90_000

const seed = Number(process.env['LOCKSTEP_TEST_SEED'] ?? randomInt(2 ** 31))
const random = generator(seed)

type Moment = { readonly milliseconds: number } | { readonly changes: number }

let stage: Stage
let repository: StageRepository
let namespace: string
let interrupted = 0
const kills: string[] = []

beforeAll(async () => {
  process.stderr.write(`crash.test.ts: LOCKSTEP_TEST_SEED=${seed}\n`)
  stage = await Stage.open()
  await stage.product.completeSetup('a first password of twelve')
  namespace = await freshNamespace(stage.cluster)
  repository = await stage.repository('crash', { ...filesOf(0), 'other/one.yaml': configMap('other', {}) })
  await stage.connectCluster('prod')
  const parts = { repository: repository.url, cluster: 'prod', namespace }
  await stage.api.change('createApplication', {
    name: 'other',
    spec: automatedSpec({ ...parts, path: 'other' }),
  })
  await stage.synced('other')
  const body = { metadata: { name: 'unmanaged', labels: { app: 'crash' } } }
  await stage.cluster.client().expect({ method: 'POST', path: configMaps(), body })
  const { syncPolicy: _automated, ...spec } = automatedSpec({ ...parts, path: 'app' })
  await stage.api.change('createApplication', { name: 'crash', spec })
  await stage.until('crash', ({ sync }) => sync === 'OUT_OF_SYNC')
})
afterAll(() => stage?.close())

function configMaps(): string {
  return `/api/v1/namespaces/${namespace}/configmaps`
}

/** mulberry32: the same seed gives the same moments. */
function generator(start: number): () => number {
  let state = start
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

function nameOf(index: number): string {
  return `object-${String(index).padStart(2, '0')}`
}

function filesOf(round: number): Files {
  const files = remaining(round).map((name) => {
    const index = Number(name.slice(-2))
    const content = { round: String(round), index: String(index) }
    return [`app/${name}.yaml`, configMap(name, content, index % WAVES)] as const
  })
  return Object.fromEntries(files)
}

async function liveByName(): Promise<ReadonlyMap<string, KubeObject>> {
  const list = await stage.cluster.client().expect({ path: configMaps() })
  const items = list['items'] as readonly KubeObject[]
  return new Map(items.map((item) => [item.metadata.name, item]))
}

/** A sync that the caller may repeat: the key makes it one operation however often it is asked for. */
async function requestSync(key: string): Promise<string> {
  const input = { name: 'crash', prune: true, idempotencyKey: key }
  const payload = await stage.api.change('syncApplication', input, 'operation { id }')
  return (payload['operation'] as { readonly id: string }).id
}

/** Kills it at `moments` after each start, and lets it live in the end; answers how the operation ended. */
async function survive(round: number, moments: readonly Moment[]): Promise<OperationView> {
  const key = `round-${round}`
  const asked = new Set<string>()
  let running = requestSync(key)
    .then((id) => asked.add(id))
    .catch(() => undefined)
  for (const moment of moments) {
    await comes(moment, round)
    await stage.product.kill()
    await noteProgress(round)
    await running
    await stage.product.restart()
    running = requestSync(key)
      .then((id) => asked.add(id))
      .catch(() => undefined)
  }
  await running
  const [id] = asked
  expect([...asked], 'one key, one operation').toHaveLength(1)
  return finished(String(id))
}

async function finished(id: string): Promise<OperationView> {
  const end = performance.now() + ENOUGH_MS
  for (;;) {
    const operation = await stage.operation(id)
    if (operation.finishedAt !== null) return operation
    if (performance.now() > end) throw new Error(`It never ends: ${JSON.stringify(operation).slice(0, 2000)}`)
    await sleep(100)
  }
}

/** In each round one kill after so many changes were seen, and the others after so many milliseconds. */
function momentsOf(round: number): readonly Moment[] {
  const changes = 1 + Math.floor(random() * (remaining(round).length + goneIn(round).length - 1))
  const others = Array.from({ length: KILLS / ROUNDS - 1 }, () => ({
    milliseconds: Math.floor(random() * 400),
  }))
  return random() < 0.5 ? [{ changes }, ...others] : [...others, { changes }]
}

/** Resolves at the moment, or when it can no longer come. */
async function comes(moment: Moment, round: number): Promise<void> {
  if ('milliseconds' in moment) return sleep(moment.milliseconds)
  const end = performance.now() + 3000
  while (performance.now() < end && (await changesOf(round)) < moment.changes) await sleep(1)
}

async function audited(operation: string): Promise<Record<string, number>> {
  const rows = await queryProduct(
    stage.product,
    `SELECT action, count(*)::int AS times FROM audit_events WHERE details->>'operation' = $1 GROUP BY action`,
    [Buffer.from(operation, 'base64url').toString().split(':').at(-1)],
  )
  return Object.fromEntries(rows.map((row) => [String(row['action']), Number(row['times'])]))
}

async function expectEnded(operation: OperationView): Promise<void> {
  expect(operation).toMatchObject({ phase: 'SUCCEEDED' })
  expect(await audited(operation.id)).toEqual({ 'sync-application': 1, 'finish-sync': 1 })
  const active = await queryProduct(stage.product, 'SELECT id FROM operations WHERE finished_at IS NULL')
  expect(active).toEqual([])
}

async function noteProgress(round: number): Promise<void> {
  const done = await changesOf(round)
  const wanted = remaining(round).length + goneIn(round).length
  kills.push(`${done}/${wanted}`)
  if (done > 0 && done < wanted) interrupted++
}

/** Objects that have the form of this round, and objects that are gone. */
async function changesOf(round: number): Promise<number> {
  const live = await liveByName()
  const changed = remaining(round).filter((name) => roundOf(live.get(name)) === round)
  return changed.length + goneIn(round).filter((name) => !live.has(name)).length
}

function roundOf(object: KubeObject | undefined): number {
  return Number((object?.['data'] as Answer | undefined)?.['round'] ?? -1)
}

function goneIn(round: number): readonly string[] {
  return round === 0 ? [] : remaining(round - 1).slice(0, PRUNED_PER_ROUND)
}

/** What is declared in this round: each one takes the first objects away. */
function remaining(round: number): readonly string[] {
  return Array.from({ length: OBJECTS }, (_, index) => nameOf(index)).slice(round * PRUNED_PER_ROUND)
}

async function commitRound(round: number): Promise<string> {
  await commitFiles(repository, filesOf(round))
  return removeFiles(
    repository,
    goneIn(round).map((name) => `app/${name}.yaml`),
  )
}

async function expectRound(round: number): Promise<ReadonlyMap<string, KubeObject>> {
  const live = await liveByName()
  const declared = remaining(round)
  const ours = [...live.keys()].filter((name) => name.startsWith('object-')).toSorted()
  expect(ours, 'exactly what Git declares').toEqual(declared)
  for (const name of declared) {
    const content = live.get(name)?.['data']
    expect(content).toEqual({ round: String(round), index: String(Number(name.slice(-2))) })
  }
  expect(live.has('unmanaged')).toBe(true)
  expect(live.has('other')).toBe(true)
  return live
}

describe(`kill -9 at random moments (LOCKSTEP_TEST_SEED=${seed})`, () => {
  const uids = new Map<string, string>()

  it('creates all objects in one operation', async () => {
    await expectEnded(await survive(0, momentsOf(0)))
    await stage.synced('crash')
    for (const [name, { metadata }] of await expectRound(0)) uids.set(name, String(metadata.uid))
  })

  it.each(Array.from({ length: ROUNDS - 1 }, (_, index) => index + 1))(
    'changes and prunes in one operation, and touches nothing else (round %i)',
    async (round) => {
      const commit = await commitRound(round)
      await stage.announce(repository)
      await stage.until('crash', ({ sync, revisions }) => sync === 'OUT_OF_SYNC' && revisions[0] === commit)
      await expectEnded(await survive(round, momentsOf(round)))
      await stage.synced('crash', commit)
      for (const [name, { metadata }] of await expectRound(round)) {
        expect(metadata.uid, `${name} was never created again`).toBe(uids.get(name))
      }
    },
  )

  it('was hit in the middle of its work', () => {
    process.stderr.write(`crash.test.ts: done when killed: ${kills.join(' ')}\n`)
    expect(kills).toHaveLength(KILLS)
    expect(interrupted, kills.join(' ')).toBeGreaterThan(0)
  })

  it('wrote every accepted change once', async () => {
    const twice = await queryProduct(
      stage.product,
      `SELECT action, object, details, count(*) FROM audit_events
       WHERE action NOT IN ('refresh-application', 'create-bootstrap-link', 'skip-sync')
       GROUP BY action, object, details HAVING count(*) > 1`,
    )
    expect(twice).toEqual([])
  })
})
