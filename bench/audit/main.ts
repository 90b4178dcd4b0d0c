import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { closeAll } from '../closers.js'
import { tell, type Figure } from '../measure/report.js'
import { quantile } from '../measure/statistics.js'
import { startAllInOne } from '../ours/all-in-one.js'
import { GraphqlClient } from '../ours/graphql.js'
import type { Product } from '../ours/product.js'
import { ACTIONS, ACTORS, APPLICATIONS, fillAudit, PROJECTS, unlinked } from './fill.js'

const USAGE = `usage: node dist/bench/audit/main.js [--events N] [--looks N] [--json FILE]
  Pages of 50 of an audit trail with so many events, each filter with other values at every look.
`
const MOST_MS = 200
const WARM_LOOKS = 5
const CHAIN_WITHIN_MS = 600_000
const PAGE = `query($filter: AuditFilterInput, $after: String) { auditEvents(first: 50, filter: $filter, after: $after) {
  nodes { id at actor action object project outcome source } pageInfo { hasNextPage endCursor } } }`

type Filter = Readonly<Record<string, string>>

const PLACES = 7919

const NOTHING = 'a word that no event has'

/** What people look for, by turn. */
const FILTERS: Readonly<Record<string, (turn: number) => Filter>> = {
  'the newest of all': () => ({}),
  'one actor': (turn) => ({ actor: actor(turn) }),
  'one action': (turn) => ({ action: action(turn) }),
  'one object': (turn) => ({ object: object(turn) }),
  'one project': (turn) => ({ project: project(turn) }),
  denials: () => ({ outcome: 'DENIED' }),
  'denials of an actor': (turn) => ({ outcome: 'DENIED', actor: actor(turn) }),
  'an actor and an action': (turn) => ({ actor: actor(turn), action: action(turn) }),
  'an actor at an object': (turn) => ({ actor: actor(turn), object: object(turn) }),
  'a day of a project': (turn) => ({ project: project(turn), ...dayOf(turn) }),
  'a rare word': (turn) => ({ text: `app ${padded(turn)}` }),
  'a word of every event': () => ({ text: 'application' }),
  'the beginning of a word': (turn) => ({ text: `settings ${turn % 40}*` }),
  [NOTHING]: (turn) => ({ text: `nowhere${turn}` }),
}

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '1000000' },
    looks: { type: 'string', default: '40' },
    json: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void closeAll().then(() => process.exit(130)))
if (values.help) process.stdout.write(USAGE)
else process.exit((await measure()) ? 0 : 1)

async function measure(): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), 'lockstep-audit-'))
  // Run by root, Postgres is another user, who must get in here.
  await chmod(folder, 0o711)
  const product = await startAllInOne({ folder, webhookSecret: 'not used in this measurement', env: {} })
  try {
    const api = await signedIn(product)
    const database = await product.databaseUrl()
    await fillAudit(database, Number(values.events), (done) =>
      process.stderr.write(`audit: ${done} events\n`),
    )
    const linked = await untilLinked(database)
    const figures = [...(await looks(api)), linked]
    const what =
      'A page of 50 of the audit trail by the API, by an administrator, until its answer is parsed.'
    const at = { events: Number(values.events), looks: Number(values.looks), roles: 'one' }
    return await tell({ what, at, figures }, values.json)
  } finally {
    await product.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

async function signedIn(product: Product): Promise<GraphqlClient> {
  const api = new GraphqlClient(product.url)
  const setup = { token: product.setupToken, password: 'the password of this measurement', bearer: true }
  api.useToken(String((await api.change('completeSetup', setup, 'token'))['token']))
  return api
}

/** The chain grows behind the events; what it takes from lists is not asked here. */
async function untilLinked(database: string): Promise<Figure> {
  const begin = performance.now()
  while ((await unlinked(database)) > 0) {
    if (performance.now() - begin > CHAIN_WITHIN_MS) throw new Error('The chain does not catch up')
    await sleep(1_000)
  }
  return { figure: 'seconds until the chain held all events', value: (performance.now() - begin) / 1000 }
}

async function looks(api: GraphqlClient): Promise<readonly Figure[]> {
  const figures: Figure[] = []
  for (const [name, filterOf] of Object.entries(FILTERS)) {
    await looksAt(api, filterOf, { from: 0, count: WARM_LOOKS })
    const seen = await looksAt(api, filterOf, { from: WARM_LOOKS, count: Number(values.looks) })
    if (name !== NOTHING && seen.every(({ found }) => found === 0))
      throw new Error(`Nothing found by ${name}`)
    const times = seen.map(({ milliseconds }) => milliseconds)
    figures.push({ figure: `${name}: p95 ms`, value: quantile(times, 0.95), most: MOST_MS })
  }
  return [...figures, await deepPages(api)]
}

async function looksAt(
  api: GraphqlClient,
  filterOf: (turn: number) => Filter,
  { from, count }: { readonly from: number; readonly count: number },
): Promise<readonly Look[]> {
  const seen: Look[] = []
  for (let turn = from; turn < from + count; turn += 1) {
    seen.push(await look(api, { filter: filterOf(turn) }))
  }
  return seen
}

async function deepPages(api: GraphqlClient): Promise<Figure> {
  const times: number[] = []
  let after: string | undefined
  for (let turn = 0; turn < Number(values.looks); turn += 1) {
    const { milliseconds, end } = await look(api, { filter: { action: ACTIONS[0] }, after })
    after = end
    times.push(milliseconds)
  }
  return { figure: 'page after page of one action: p95 ms', value: quantile(times, 0.95), most: MOST_MS }
}

interface Look {
  readonly milliseconds: number
  readonly found: number
  readonly end: string | undefined
}

async function look(api: GraphqlClient, variables: Readonly<Record<string, unknown>>): Promise<Look> {
  const begin = performance.now()
  const { auditEvents } = await api.ask(PAGE, variables)
  const milliseconds = performance.now() - begin
  const { nodes, pageInfo } = auditEvents as {
    readonly nodes: readonly unknown[]
    readonly pageInfo: { readonly endCursor: string | undefined }
  }
  return { milliseconds, found: nodes.length, end: pageInfo.endCursor }
}

function actor(turn: number): string {
  return `user:person-${(turn * PLACES) % ACTORS}`
}

function action(turn: number): string {
  return ACTIONS[turn % ACTIONS.length] ?? ACTIONS[0]
}

function project(turn: number): string {
  return `project-${(turn * PLACES) % PROJECTS}`
}

function padded(turn: number): string {
  return String((turn * PLACES) % APPLICATIONS).padStart(5, '0')
}

function object(turn: number): string {
  return `application/argocd/app-${padded(turn)}`
}

function dayOf(turn: number): Filter {
  const day = 86_400_000
  const from = Date.now() - ((turn % 26) + 1) * day
  return { from: new Date(from).toISOString(), to: new Date(from + day).toISOString() }
}
