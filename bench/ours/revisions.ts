import { setTimeout as sleep } from 'node:timers/promises'
import type { Learned } from '../contestant.js'
import { type RepositoryShape, appName } from '../repository/manifests.js'
import type { GraphqlClient } from './graphql.js'

const SENTINELS = 8
const PAGE = 100
const PAGES_IN_FLIGHT = 4
const PAUSE_MS = 2
const GIVE_UP_MS = 60_000

/**
 * Waits until every application reports a commit. A few, spread over all, are asked again and again; when they know,
 * every single one is read. Those that do not have it then put the end to when all have it.
 */
export async function whenAllKnow(
  api: GraphqlClient,
  shape: RepositoryShape,
  commit: string,
): Promise<Learned> {
  const start = performance.now()
  await untilNone(() => sentinelsBehind(api, shape, commit), `of ${SENTINELS} looked at`)
  const seen = performance.now()
  const first = await allBehind(api, shape, commit)
  if (first.length > 0) await untilNone(() => allBehind(api, shape, commit), `of ${shape.apps}`)
  const confirmed = performance.now()
  const end = first.length === 0 ? seen : confirmed
  return { ms: end - start, confirmedMs: confirmed - start }
}

async function untilNone(behind: () => Promise<readonly string[]>, of: string): Promise<void> {
  const end = Date.now() + GIVE_UP_MS
  for (;;) {
    const names = await behind()
    if (names.length === 0) return
    if (Date.now() > end) {
      throw new Error(
        `${names.length} applications ${of} do not report the new commit after ${GIVE_UP_MS / 1000} s, e.g. ${names.slice(0, 3).join(', ')}`,
      )
    }
    await sleep(PAUSE_MS)
  }
}

interface Row {
  readonly name: string
  readonly revisions: readonly string[]
}

async function sentinelsBehind(
  api: GraphqlClient,
  { apps }: RepositoryShape,
  commit: string,
): Promise<readonly string[]> {
  const indexes = Array.from({ length: SENTINELS }, (_, at) =>
    Math.floor((at * (apps - 1)) / (SENTINELS - 1)),
  )
  const fields = [...new Set(indexes)].map(
    (index) => `a${index}: application(name: "${appName(index)}") { name revisions }`,
  )
  const answer = await api.ask(`{ ${fields.join(' ')} }`)
  return namesBehind(Object.values(answer) as readonly Row[], commit)
}

/** All pages at once: where a page begins is known from the names. */
async function allBehind(
  api: GraphqlClient,
  { apps }: RepositoryShape,
  commit: string,
): Promise<readonly string[]> {
  const starts = Array.from({ length: Math.ceil(apps / PAGE) }, (_, page) => page * PAGE)
  const behind: string[] = []
  const lane = async (): Promise<void> => {
    for (let start = starts.shift(); start !== undefined; start = starts.shift()) {
      behind.push(...namesBehind(await page(api, start), commit))
    }
  }
  await Promise.all(Array.from({ length: PAGES_IN_FLIGHT }, lane))
  return behind
}

async function page(api: GraphqlClient, start: number): Promise<readonly Row[]> {
  const query = `query($after: String) { applications(first: ${PAGE}, after: $after) { nodes { name revisions } } }`
  const after = start === 0 ? null : cursorOf(appName(start - 1))
  const { nodes } = (await api.ask(query, { after }))['applications'] as { readonly nodes: readonly Row[] }
  return nodes
}

/** As the product makes them; were that to change, every page would be refused. */
function cursorOf(name: string): string {
  return Buffer.from(JSON.stringify([name, 'argocd'])).toString('base64url')
}

function namesBehind(rows: readonly Row[], commit: string): readonly string[] {
  return rows.filter((row) => !row.revisions.includes(commit)).map((row) => row.name)
}
