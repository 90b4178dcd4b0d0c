import { isObjectType } from 'graphql'
import { readFile, writeFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fieldsRead } from './call-of.js'
import { CANARIES, CLUSTER_SERVER } from '../../integration/api/gateway-fixture.js'
import { opaqueId } from '../../../src/api/opaque-id.js'
import { GIVEN, REPOSITORY, VICTIM } from './given.js'
import { APPLICATION, IDENTITIES, PROJECT, type Identity } from './identities.js'
import { schemaAndRoots, type RootField } from './root-fields.js'
import { openCrawlStage, type CrawlStage } from './stage.js'
import { verdictOf, type Verdict } from './verdict.js'

/** One line per root field, one column per identity. Written anew with LOCKSTEP_CRAWL_WRITE=1; to be reviewed. */
const TABLE = new URL('verdicts.csv', import.meta.url)
const ROUTES = new URL('routes.csv', import.meta.url)
/** They answer without a session: health, the setup page, GraphQL (guarded field by field), webhooks (signed). */
const OPEN_ROUTES: readonly string[] = [
  ...['/livez', '/readyz', '/healthz', '/api/version'].flatMap((path) => [`GET ${path}`, `HEAD ${path}`]),
  'POST /api/webhook',
  ...['GET /setup', 'HEAD /setup'],
  ...['POST /graphql', 'GET /graphql', 'HEAD /graphql'],
]
/** What answers people who did not sign in. */
const PUBLIC = ['Query.viewer', 'Mutation.completeSetup', 'Mutation.login', 'Mutation.logout']
/** What is about the caller only, or is written to be tried by anybody who signed in. */
const OWN = [...PUBLIC, 'Mutation.confirmPassword']
/** Comparing again changes nothing, and whoever may look may ask for it, as in Argo CD. */
const COMPARISONS = ['Mutation.refreshApplication', 'Mutation.refreshApplications']
const NAMES_AN_OBJECT = new RegExp(`${PROJECT}|${APPLICATION}`)

const NOTHING = { operation: 'none', round: 0 }

let stage: CrawlStage
let roots: readonly RootField[]
let schema: Awaited<ReturnType<typeof schemaAndRoots>>['schema']
const seen = new Map<string, Record<Identity, Verdict>>()
const shown = new Map<string, string>()
const texts: string[] = []

beforeAll(async () => {
  stage = await openCrawlStage()
  ;({ schema, roots } = await schemaAndRoots())
  const missing = roots.map(({ key }) => key).filter((key) => GIVEN[key] === undefined)
  if (missing.length > 0)
    throw new Error(`test/security/crawl/given.ts has no line for ${missing.join(', ')}`)
  for (const root of roots) {
    const verdicts: Partial<Record<Identity, Verdict>> = {}
    for (const identity of IDENTITIES) {
      const answer = await stage.call(root, identity)
      verdicts[identity] = verdictOf(answer, root.field.name)
      shown.set(`${root.key} as ${identity}`, JSON.stringify(answer.data ?? null))
      texts.push(answer.text)
    }
    seen.set(root.key, verdicts as Record<Identity, Verdict>)
  }
})
afterAll(() => stage.close())

async function expectTable(file: URL, header: string, lines: readonly string[]): Promise<void> {
  const table = `${[header, ...lines].join('\n')}\n`
  if (process.env['LOCKSTEP_CRAWL_WRITE'] === '1') await writeFile(file, table)
  expect(table).toBe(await readFile(file, 'utf8'))
}

function whoPasses(identities: readonly Identity[], except: readonly string[]): readonly string[] {
  return [...seen].flatMap(([key, verdicts]) =>
    except.includes(key)
      ? []
      : identities.filter((one) => verdicts[one] === 'passes').map((one) => `${key} as ${one}`),
  )
}

describe('crawl of the schema with ten identities', () => {
  it('every root field has the verdicts of the table, and no new one is without', async () => {
    const header = ['field', ...IDENTITIES].join(',')
    const lines = [...seen].map(([key, verdicts]) =>
      [key, ...IDENTITIES.map((one) => verdicts[one])].join(','),
    )
    await expectTable(TABLE, header, lines)
  })

  it('nobody passes who did not sign in, whose account is disabled, or whose token expired', () => {
    expect(whoPasses(['anonymous', 'disabled', 'expired'], PUBLIC)).toEqual([])
  })

  it('the admin passes everywhere but with a wrong link or password', () => {
    const refused = [...seen].filter(([, verdicts]) => verdicts.admin !== 'passes').map(([key]) => key)
    expect(refused).toEqual(['Mutation.completeSetup', 'Mutation.confirmPassword', 'Mutation.login'])
  })

  it('who may only read, or nothing, changes nothing', () => {
    const changes = whoPasses(['readonly', 'nobody', 'narrow'], [...OWN, ...COMPARISONS]).filter((key) =>
      key.startsWith('Mutation.'),
    )
    expect(changes).toEqual([])
  })

  it('D-15 nothing of a project is shown to another project, or to who may nothing', () => {
    const strangers: readonly Identity[] = ['anonymous', 'nobody', 'other-project', 'disabled', 'expired']
    // What the caller wrote may come back; that it looks like what does not exist is the next test.
    const unnamed = roots.filter(({ key }) => !NAMES_AN_OBJECT.test(JSON.stringify(GIVEN[key]?.(NOTHING))))
    const leaks = [...shown]
      .filter(([call]) => unnamed.some(({ key }) => call.startsWith(`${key} `)))
      .filter(([call]) => strangers.some((one) => call.endsWith(` as ${one}`)))
      .filter(([, data]) => NAMES_AN_OBJECT.test(data))
    expect(leaks).toEqual([])
  })

  it('A-53 B-18 no secret that was ever given comes back to anybody from any field, nor in any refusal', () => {
    expect(texts.length).toBeGreaterThan(500)
    expect(texts.join('')).toContain('"hasPassword":true')
    for (const secret of [...CANARIES, 'CANARY-webhook-secret']) expect(texts.join('')).not.toContain(secret)
  })

  it('A-27 A-48 what is not permitted looks like what does not exist', async () => {
    // What a login tells is A-05: here each would count as a guess.
    for (const root of roots.filter(({ key }) => key !== 'Mutation.login')) {
      for (const identity of ['nobody', 'other-project', 'narrow'] as const) {
        const forbidden = await stage.call(root, identity)
        if (identity === 'narrow' && verdictOf(forbidden, root.field.name) === 'passes') continue
        const unknown = await stage.call(root, identity, renamed)
        expect(unified(unknown.text), `${root.key} as ${identity}`).toBe(unified(forbidden.text))
      }
    }
  })

  it('J-09 every HTTP route has the answers of the table, and no new one is without', async () => {
    const lines: string[] = []
    for (const route of stage.routes()) {
      const statuses: number[] = []
      for (const identity of IDENTITIES) statuses.push(await stage.status(route, identity))
      lines.push([route, ...statuses].join(','))
    }
    await expectTable(ROUTES, ['route', ...IDENTITIES].join(','), lines)
    const open = lines.filter((line) => !/,401,/.test(line)).map((line) => line.split(',')[0])
    expect(open).toEqual(OPEN_ROUTES)
  })

  it('every field of every object type is read below some root field', () => {
    const read = new Set(roots.flatMap((root) => [...fieldsRead(schema, root.field)]))
    const types = Object.values(schema.getTypeMap()).filter((type) => isObjectType(type))
    const rootNames = new Set([schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()])
    const unread = types
      .filter((type) => !type.name.startsWith('__') && !rootNames.has(type))
      .flatMap((type) => Object.keys(type.getFields()).map((field) => `${type.name}.${field}`))
      .filter((field) => !read.has(field))
    expect(unread).toEqual([])
  })
})

/** Everything that exists, and something like it that does not. */
const UNKNOWN: readonly (readonly [string | RegExp, string])[] = [
  [REPOSITORY, 'https://git.test/unknown'],
  [CLUSTER_SERVER, 'https://10.0.0.99:6443'],
  [new RegExp(`${PROJECT}|${APPLICATION}|${VICTIM}`, 'g'), 'crawl-unknown'],
]

function renamed(given: object): object {
  const text = UNKNOWN.reduce((so, [known, unknown]) => so.replace(known, unknown), JSON.stringify(given))
  const other = JSON.parse(text) as { id?: string }
  return other.id === undefined ? other : { ...other, id: opaqueId('Operation', 'crawl-unknown') }
}

/** Without what the caller wrote, and without ids and times, which differ anyway. */
function unified(text: string): string {
  return text
    .replace(new RegExp(`${PROJECT}|${APPLICATION}|${VICTIM}|crawl-unknown`, 'g'), 'NAME')
    .replaceAll(/https:..git.test.(?:crawl|unknown)/g, 'URL')
    .replaceAll(/https:..10.0.0.(?:1|99):6443/g, 'SERVER')
    .replace(/"requestId":"[^"]*"/g, '')
    .replace(/made-\d+|git\.test\/\d+/g, 'NEW')
}
