import { sign } from '@octokit/webhooks-methods'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { silentLogger } from '../../../src/base/logger.js'
import { MemoryQueue } from '../../../src/queue/memory/memory-queue.js'
import { openMemoryStores } from '../../../src/store/memory/open-memory-stores.js'
import { WEBHOOK_PATHS, WebhooksModule } from '../../../src/webhooks/webhooks.module.js'
import { openFixture, type Fixture } from './gateway-fixture.js'

const SECRET = 'a secret of the hook'

let gateway: Fixture

beforeAll(async () => {
  const { repositories, settings } = openMemoryStores()
  const clock = { now: () => 0, monotonic: () => 0 }
  const queue = new MemoryQueue()
  const deps = { repositories, settings, queue, clock, logger: silentLogger, githubSecret: SECRET }
  gateway = await openFixture({
    modules: [WebhooksModule.forRoot(deps)],
    publicPaths: WEBHOOK_PATHS,
    rawPaths: WEBHOOK_PATHS,
  })
})
afterAll(() => gateway.close())

async function post(body: string, headers: Readonly<Record<string, string>>): Promise<number> {
  const event = { 'x-github-event': 'push', 'x-github-delivery': `d${Math.random()}`.replace('.', '-') }
  const answer = await fetch(`${gateway.url}/api/webhook`, {
    method: 'POST',
    headers: { ...event, ...headers },
    body,
  })
  await answer.arrayBuffer()
  return answer.status
}

describe('POST /api/webhook parses nothing before the signature was right', () => {
  const TYPES = ['application/json', 'application/x-www-form-urlencoded', 'text/xml', 'no type at all']

  it.each(TYPES)('A-70 a body that is no JSON and not signed is unsigned first: %s', async (type) => {
    expect(await post('{"broken', { 'content-type': type })).toBe(401)
    expect(await post('{"__proto__": {"x": 1}}', { 'content-type': type })).toBe(401)
  })

  it('a signed body counts as it came, in JSON and in a form', async () => {
    const body = '{ "repository":  {"clone_url": "https://git.example.com/ä"} }\n'
    const json = { 'content-type': 'application/json', 'x-hub-signature-256': await sign(SECRET, body) }
    expect(await post(body, json)).toBe(202)
    const form = new URLSearchParams({ payload: body }).toString()
    const type = 'application/x-www-form-urlencoded'
    expect(await post(form, { 'content-type': type, 'x-hub-signature-256': await sign(SECRET, form) })).toBe(
      202,
    )
  })

  it('a signed body that is no JSON is told as one', async () => {
    const body = '{"broken'
    expect(await post(body, { 'x-hub-signature-256': await sign(SECRET, body) })).toBe(400)
  })
})
