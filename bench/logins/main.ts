import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { Pool } from 'undici'
import { startAllInOne } from '../ours/all-in-one.js'
import { quantile, rounded } from '../measure/statistics.js'

const USAGE = `usage: node dist/bench/logins/main.js [--good N] [--bad N] [--sources N] [--seconds N]
  Good logins and wrong passwords per second against the product as it ships; prints what the good ones took.
`
const ACCOUNTS = 50
/** A cold process answers late for some seconds; that is not what is asked here. */
const WARM_SECONDS = 15
const LOGIN = 'mutation($input: LoginInput!) { login(input: $input) { token userErrors { code } } }'

interface Outcome {
  readonly milliseconds: number
  readonly code: string
}

const { values } = parseArgs({
  options: {
    good: { type: 'string', default: '50' },
    bad: { type: 'string', default: '1000' },
    sources: { type: 'string', default: '100' },
    seconds: { type: 'string', default: '20' },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) process.stdout.write(USAGE)
else process.stdout.write(`${JSON.stringify(await measure(), null, 2)}\n`)

async function measure(): Promise<object> {
  const folder = await mkdtemp(join(tmpdir(), 'lockstep-logins-'))
  // Run by root, Postgres is another user, who must get in here.
  await chmod(folder, 0o711)
  const env = { LOCKSTEP__HTTP__TRUSTEDPROXIES: '127.0.0.1' }
  const product = await startAllInOne({ folder, webhookSecret: 'not used in this measurement', env })
  // Each side has connections of its own: what waits in this program is not the product's time.
  const pool = new Pool(product.url, { connections: 64, pipelining: 1 })
  const flood = new Pool(product.url, { connections: 256, pipelining: 1 })
  try {
    await createAccounts(pool, product.setupToken ?? '')
    const [good, bad, sources] = [Number(values.good), Number(values.bad), Number(values.sources)]
    const begin = performance.now()
    const end = begin + (WARM_SECONDS + Number(values.seconds)) * 1000
    const outcomes: Outcome[] = []
    const refused: Outcome[] = []
    await Promise.all([
      atRate(good, end, async (turn) => {
        const account = turn % ACCOUNTS
        const place = `10.1.0.${account + 1}`
        const isWarm = performance.now() > begin + WARM_SECONDS * 1000
        const outcome = await logIn(pool, { account, password: passwordOf(account), place })
        if (isWarm) outcomes.push(outcome)
      }),
      atRate(bad, end, async (turn) => {
        const source = turn % sources
        const place = `10.2.${source >> 8}.${source & 255}`
        refused.push(await logIn(flood, { account: turn % ACCOUNTS, password: 'a wrong password', place }))
      }),
    ])
    return figures(outcomes, refused)
  } finally {
    await Promise.all([pool.destroy(), flood.destroy()])
    await product.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

function figures(good: readonly Outcome[], bad: readonly Outcome[]): object {
  const times = good.filter(({ code }) => code === 'in').map(({ milliseconds }) => milliseconds)
  return {
    cores: cpus().length,
    wanted: { good: values.good, bad: values.bad, sources: values.sources, seconds: values.seconds },
    good: {
      ...countsOf(good),
      p50_ms: rounded(quantile(times, 0.5)),
      p95_ms: rounded(quantile(times, 0.95)),
      p99_ms: rounded(quantile(times, 0.99)),
    },
    bad: countsOf(bad),
  }
}

function countsOf(outcomes: readonly Outcome[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const { code } of outcomes) counts[code] = (counts[code] ?? 0) + 1
  return counts
}

/** Starts so many a second whatever the answers do, and waits for the last of them. */
async function atRate(perSecond: number, end: number, start: (turn: number) => Promise<void>): Promise<void> {
  const running: Promise<void>[] = []
  const begin = performance.now()
  for (let turn = 0; performance.now() < end;) {
    const due = Math.floor(((performance.now() - begin) / 1000) * perSecond)
    for (; turn < due; turn += 1) running.push(start(turn))
    await sleep(5)
  }
  await Promise.all(running)
}

async function logIn(
  pool: Pool,
  {
    account,
    password,
    place,
  }: { readonly account: number; readonly password: string; readonly place: string },
): Promise<Outcome> {
  const begin = performance.now()
  const input = { username: `user-${account}`, password, bearer: true }
  const answer = await ask(pool, { query: LOGIN, variables: { input } }, { 'x-forwarded-for': place })
  return { milliseconds: performance.now() - begin, code: answer.errors?.[0]?.extensions.code ?? 'in' }
}

interface Answer {
  readonly data?: { readonly completeSetup?: { readonly token: string } }
  readonly errors?: readonly { readonly message: string; readonly extensions: { readonly code: string } }[]
}

async function ask(pool: Pool, body: object, headers: Readonly<Record<string, string>>): Promise<Answer> {
  const request = {
    path: '/graphql',
    method: 'POST' as const,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  }
  const response = await pool.request(request)
  return (await response.body.json()) as Answer
}

async function createAccounts(pool: Pool, setupToken: string): Promise<void> {
  const setup = await ask(
    pool,
    {
      query: 'mutation($input: CompleteSetupInput!) { completeSetup(input: $input) { token } }',
      variables: { input: { token: setupToken, password: 'the password of this measurement', bearer: true } },
    },
    {},
  )
  const authorization = `Bearer ${setup.data?.completeSetup?.token ?? ''}`
  for (let account = 0; account < ACCOUNTS; account += 1) {
    const input = { name: `user-${account}`, password: passwordOf(account) }
    const query =
      'mutation($input: CreateAccountInput!) { createAccount(input: $input) { userErrors { message } } }'
    const { errors } = await ask(pool, { query, variables: { input } }, { authorization })
    if (errors !== undefined) throw new Error(`Cannot create ${input.name}: ${errors[0]?.message}`)
  }
}

function passwordOf(account: number): string {
  return `a good sentence, number ${account}`
}
