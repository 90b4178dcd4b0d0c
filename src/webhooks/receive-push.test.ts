import { sign } from '@octokit/webhooks-methods'
import { beforeEach, describe, expect, it } from 'vitest'
import { silentLogger } from '../base/logger.js'
import { DoorbellQueue, type Doorbell } from '../queue/doorbell-queue.js'
import { aRecord } from '../store/contract-fixtures.js'
import { openMemoryStores } from '../store/memory/open-memory-stores.js'
import { normalizedUrl } from '../store/normalized-url.js'
import type { Stores } from '../store/stores.js'
import { ReceivePush, type WebhookAnswer, type WebhookRequest } from './receive-push.js'

const SECRET = 'a secret of the hook'

class RecordedBells extends DoorbellQueue {
  readonly rung: Doorbell[] = []
  async ring(doorbell: Doorbell): Promise<void> {
    this.rung.push(doorbell)
  }
  listen(): void {}
  listenCluster() {
    return async () => undefined
  }
  async close(): Promise<void> {}
}

describe('ReceivePush', () => {
  let stores: Stores
  let queue: RecordedBells
  let deliveries = 0

  const receiver = (githubSecret: string | undefined = SECRET): ReceivePush =>
    new ReceivePush({
      repositories: stores.repositories,
      settings: stores.settings,
      queue,
      clock: { now: () => 0, monotonic: () => 0 },
      logger: silentLogger,
      githubSecret,
    })

  const push = async (body: string, headers: WebhookRequest['headers'] = {}): Promise<WebhookAnswer> => {
    deliveries += 1
    return receiver().run({
      headers: {
        'content-type': 'application/json',
        'x-github-event': 'push',
        'x-github-delivery': `delivery-${deliveries}`,
        'x-hub-signature-256': body === '' ? '' : await sign(SECRET, body),
        ...headers,
      },
      rawBody: Buffer.from(body),
    })
  }
  const repository = (address: string): string => JSON.stringify({ repository: { clone_url: address } })

  beforeEach(async () => {
    stores = openMemoryStores()
    queue = new RecordedBells()
    for (const [id, url] of Object.entries({
      shop: 'https://github.com/Org/Shop.git',
      other: 'https://github.com/org/other',
      ssh: 'git@git.example.com:org/ssh.git',
    })) {
      const record = { id, url, normalizedUrl: normalizedUrl(url), hasPassword: false, insecureTls: false }
      const createdAt = '2026-01-01T00:00:00.000Z'
      const connection = { status: 'Unknown', message: '' } as const
      await stores.repositories.create(
        { ...record, createdAt, connection },
        undefined,
        aRecord('add-repository'),
      )
    }
  })

  it('rings the repository that a signed push names, and that one alone', async () => {
    expect(await push(repository('https://github.com/org/shop.git'))).toMatchObject({ status: 202 })
    expect(queue.rung).toEqual([{ kind: 'repository', id: 'shop' }])
  })

  it('reads a form as well as JSON', async () => {
    const body = new URLSearchParams({ payload: repository('https://github.com/org/shop') }).toString()
    expect((await push(body, { 'content-type': 'application/x-www-form-urlencoded' })).status).toBe(202)
    expect(queue.rung).toHaveLength(1)
  })

  it('answers a ping, and ignores other events', async () => {
    expect(await push('{"zen":"x"}', { 'x-github-event': 'ping' })).toEqual({ status: 200, message: 'pong' })
    expect((await push(repository('https://github.com/org/shop'), { 'x-github-event': 'star' })).status).toBe(
      202,
    )
    expect(queue.rung).toEqual([])
  })

  it('E-22 refuses everything while no secret is set, also what is signed with an empty one', async () => {
    const body = repository('https://github.com/org/shop')
    for (const secret of [undefined, '']) {
      const headers = {
        'x-github-event': 'push',
        'x-github-delivery': 'd',
        'x-hub-signature-256': await sign('x', body),
      }
      const deps = { repositories: stores.repositories, settings: stores.settings, queue }
      const clock = { now: () => 0, monotonic: () => 0 }
      const open = new ReceivePush({
        ...deps,
        clock,
        logger: silentLogger,
        ...(secret !== undefined && { githubSecret: secret }),
      })
      expect(await open.run({ headers, rawBody: Buffer.from(body) })).toMatchObject({ status: 401 })
    }
    expect(queue.rung).toEqual([])
  })

  it('refuses missing, wrong, doubled and truncated signatures, and a body that was touched', async () => {
    const body = repository('https://github.com/org/shop')
    const right = await sign(SECRET, body)
    const wrong = [
      undefined,
      '',
      'sha256=',
      right.slice(0, -1),
      `${right}0`,
      right.toUpperCase(),
      [right, right],
      await sign('other', body),
    ]
    for (const signature of wrong)
      expect(await push(body, { 'x-hub-signature-256': signature })).toMatchObject({ status: 401 })
    expect(await push(`${body} `, { 'x-hub-signature-256': right })).toMatchObject({ status: 401 })
    expect(await push('', {})).toMatchObject({ status: 401 })
    expect(queue.rung).toEqual([])
  })

  it('E-23 takes a delivery once, however often it is sent', async () => {
    const body = repository('https://github.com/org/shop')
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => push(body, { 'x-github-delivery': 'same' })),
    )
    expect(answers.every(({ status }) => status === 202)).toBe(true)
    expect(queue.rung).toHaveLength(1)
  })

  it.each([
    ['https://github.com/org/shop', ['shop']],
    ['HTTPS://GitHub.com/ORG/Shop.git/', ['shop']],
    ['https://user:pass@github.com/org/shop', ['shop']],
    ['ssh://git@github.com/org/shop.git', ['shop']],
    ['git@github.com:org/shop.git', ['shop']],
    ['https://git.example.com/org/ssh', ['ssh']],
    ['https://github.com/org/shop2', []],
    ['https://github.com/org', []],
    ['https://github.com.evil.example/org/shop', []],
    ['https://evil.example/github.com/org/shop', []],
    ['https://github.com@evil.example/org/shop', []],
    ['https://github.com/.*/.*', []],
    ['.*', []],
    ['https://gіthub.com/org/shop', []],
  ])('E-24 B-15 the address %s means %j', async (address, expected) => {
    await push(repository(address))
    expect(queue.rung.map(({ id }) => id)).toEqual(expected)
  })

  it('refuses odd bodies without falling over', async () => {
    const bodies = [
      'null',
      '[]',
      '1',
      '{',
      '{"repository":null}',
      '{"repository":{"clone_url":null}}',
      '['.repeat(100_000),
    ]
    for (const body of bodies) expect((await push(body)).status, body.slice(0, 20)).toBe(400)
    expect(
      (await push('{"__proto__":{"repository":{"clone_url":"https://github.com/org/shop"}}}')).status,
    ).toBe(400)
    expect((await push('x'.repeat(1024 * 1024 + 1))).status).toBe(413)
    expect((await push('{}', { 'x-github-event': undefined })).status).toBe(400)
    expect(
      (await push(repository('https://github.com/org/shop'), { 'x-github-delivery': 'a b' })).status,
    ).toBe(400)
    const binary = await receiver().run({
      headers: { 'x-github-event': 'push', 'x-hub-signature-256': 'sha256=00' },
      rawBody: new Uint8Array([0xff, 0xfe]),
    })
    expect(binary.status).toBe(401)
    expect(queue.rung).toEqual([])
  })
})
