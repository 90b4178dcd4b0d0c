import { request, type IncomingHttpHeaders } from 'node:http'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openFixture, SETTINGS, type Fixture } from '../integration/api/gateway-fixture.js'

let gateway: Fixture
let admin: string

beforeAll(async () => {
  gateway = await openFixture({ settings: { ...SETTINGS, publicUrl: 'https://lockstep.test' } })
  admin = await gateway.signIn()
})
afterAll(() => gateway.close())

interface Sent {
  readonly method?: string
  readonly path?: string
  readonly headers?: Readonly<Record<string, string | string[]>>
  readonly body?: string | Buffer
}

interface Got {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

/** As no well-behaved client would send it. */
function send({ method = 'POST', path = '/graphql', headers = {}, body }: Sent): Promise<Got> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(gateway.url)
    const sent = request({ hostname, port, path, method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: Buffer.concat(chunks).toString(),
        }),
      )
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

const JSON_TYPE = { 'content-type': 'application/json' }
const FORM = { 'content-type': 'application/x-www-form-urlencoded' }
const VIEWER = JSON.stringify({ query: '{ viewer { username } }' })

/** One of each way to be answered. */
const ANSWERS: readonly (readonly [number, Sent])[] = [
  [200, { headers: JSON_TYPE, body: VIEWER }],
  [200, { method: 'GET', path: '/setup?token=x' }],
  [200, { method: 'GET', path: '/livez' }],
  [200, { method: 'GET', path: '/api/version' }],
  [400, { headers: JSON_TYPE, body: '{' }],
  [401, { method: 'GET', path: '/api/audit/export' }],
  [403, { headers: { ...JSON_TYPE, origin: 'https://evil.test' }, body: VIEWER }],
  [404, { method: 'GET', path: '/graphql/x.css' }],
  [404, { method: 'GET', path: '/nothing' }],
  [405, { method: 'GET' }],
  [400, { headers: JSON_TYPE, body: 'x'.repeat(1_100_000) }],
  [413, { path: '/setup', headers: FORM, body: 'x'.repeat(1_100_000) }],
  [415, { headers: { 'content-type': 'text/plain' }, body: VIEWER }],
]

describe('every answer', () => {
  it('A-13 carries the headers that keep a browser from running, framing or guessing it', async () => {
    for (const [status, sent] of ANSWERS) {
      const { headers, ...got } = await send(sent)
      const which = `${status} ${sent.path ?? '/graphql'}`
      expect(got.status, which).toBe(status)
      const policy = String(headers['content-security-policy'])
      expect(policy, which).toContain("default-src 'none'")
      expect(policy, which).toContain("frame-ancestors 'none'")
      expect(policy, which).not.toMatch(/unsafe-inline|unsafe-eval|script-src[^;]*(?:http|\*|data:)/)
      expect(headers, which).toMatchObject({
        'x-content-type-options': 'nosniff',
        'strict-transport-security': expect.stringMatching(/max-age=\d{7,}/),
        'cross-origin-opener-policy': 'same-origin',
        'referrer-policy': 'no-referrer',
      })
      expect(headers['x-xss-protection'] ?? '0', which).toBe('0')
      expect(headers['x-powered-by'], which).toBeUndefined()
    }
  })

  it('E-30 is kept by no cache, and a path that looks like a file has no data', async () => {
    for (const [status, sent] of ANSWERS) {
      const { headers } = await send(sent)
      expect(headers['cache-control'], `${status} ${sent.path}`).toContain('no-store')
    }
    const cookie = `__Host-lockstep=${admin}`
    for (const path of [
      '/graphql/x.css',
      '/graphql.json',
      '/api/audit/export/x.js',
      '//graphql',
      '/%67raphql/',
    ])
      for (const method of ['GET', 'POST'])
        expect(
          (await send({ method, path, headers: { ...JSON_TYPE, cookie }, body: VIEWER })).text,
        ).not.toContain('admin')
  })

  it('E-32 knows its own address from the settings: what the request claims to be sent to is never repeated', async () => {
    const claims = { host: 'evil.test', 'x-forwarded-host': 'evil.test', forwarded: 'host=evil.test' }
    for (const [, sent] of ANSWERS) {
      const { headers, text } = await send({ ...sent, headers: { ...sent.headers, ...claims } })
      expect(`${JSON.stringify(headers)}${text}`).not.toContain('evil.test')
    }
    expect(gateway.link).toMatch(/^http:\/\/lockstep\.test\/setup\?token=/)
  })
})

describe('a token that is none', () => {
  const tokens = [
    '',
    'nothing',
    'undefined',
    'null',
    '[]',
    '{}',
    'lst_',
    'lss_x',
    'x'.repeat(5_000),
    '../../etc',
    '%00',
  ]

  it.each(tokens)('A-71 %j opens nothing', async (token) => {
    for (const headers of [
      { authorization: `Bearer ${token}` },
      { authorization: token },
      { cookie: `__Host-lockstep=${token}`, 'x-lockstep-client': 'cli' },
    ]) {
      expect((await send({ method: 'GET', path: '/api/audit/export', headers })).status).toBe(401)
      const { text } = await send({ headers: { ...JSON_TYPE, ...headers }, body: VIEWER })
      expect(JSON.parse(text)).toMatchObject({ data: { viewer: null } })
    }
  })

  it('A-71 two tokens are refused, whichever of them is right', async () => {
    const right = `Bearer ${admin}`
    for (const authorization of [
      [right, 'Bearer nothing'],
      ['Bearer nothing', right],
      [right, right],
    ]) {
      expect((await send({ headers: { ...JSON_TYPE, authorization }, body: VIEWER })).status).toBe(400)
      const headers = { authorization }
      expect((await send({ method: 'GET', path: '/api/audit/export', headers })).status).toBe(400)
    }
    expect((await send({ headers: { ...JSON_TYPE, authorization: right }, body: VIEWER })).text).toContain(
      'admin',
    )
  })
})

describe('what is too much', () => {
  it('B-26 a body that is announced as 10 GB is refused before it came, also by who is not signed in', async () => {
    for (const path of ['/graphql', '/setup']) {
      const answer = await raw(
        `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 10000000000\r\n\r\n{`,
      )
      expect(answer, path).toMatch(/^HTTP\/1\.1 4(?:00|13|15)/)
    }
  })

  it('B-26 E-05 a body without end is cut, and one of 100,000 levels is refused in no time', async () => {
    const before = process.memoryUsage().rss
    const head =
      'POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n'
    const chunk = `10000\r\n${'x'.repeat(65_536)}\r\n`
    expect(await raw(head, chunk.repeat(64))).toMatch(/^HTTP\/1\.1 4(?:00|13)/)
    for (const value of [
      '['.repeat(100_000) + ']'.repeat(100_000),
      '{"a":'.repeat(80_000) + '1' + '}'.repeat(80_000),
    ]) {
      const started = performance.now()
      const body = `{"query":"query($v: String) { viewer { username } }","variables":{"v":${value}}}`
      expect(
        (await send({ headers: { ...JSON_TYPE, authorization: `Bearer ${admin}` }, body })).status,
      ).toBeLessThan(500)
      expect(performance.now() - started).toBeLessThan(2_000)
    }
    expect(process.memoryUsage().rss - before).toBeLessThan(300_000_000)
    expect((await send({ method: 'GET', path: '/livez' })).status).toBe(200)
  })

  it('E-05 5,000 fragments, huge numbers and keys of the language are refused as bad input', async () => {
    const fragments = Array.from({ length: 5_000 }, (_, at) => `fragment F${at} on Viewer { ...F${at + 1} }`)
    const started = performance.now()
    const bomb = await gateway.ask(`{ viewer { ...F0 } } ${fragments.join(' ')}`, { token: admin })
    expect(bomb.status).toBe(400)
    expect(performance.now() - started).toBeLessThan(1_000)
    const doubling = Array.from(
      { length: 300 },
      (_, at) => `fragment G${at} on Viewer { ...G${at + 1} ...G${at + 1} }`,
    )
    const wide = `{ viewer { ...G0 } } ${doubling.join(' ')} fragment G300 on Viewer { username }`
    expect((await gateway.ask(wide, { token: admin })).errors[0]?.extensions.code).toBe('QUERY_TOO_COMPLEX')
    expect(performance.now() - started).toBeLessThan(3_000)
    const page = 'query($n: Int!) { applications(first: $n) { nodes { name } } }'
    for (const n of [2 ** 31, 1e300, -1e20, 1.5, '5', [5], null])
      expect(
        (await gateway.ask(page, { token: admin, variables: { n } })).errors[0]?.extensions.code,
      ).toMatch(/BAD_USER_INPUT|QUERY_TOO_COMPLEX/)
    for (const key of ['__proto__', 'constructor']) {
      const body = `{"query":"{ viewer { username } }","variables":{"${key}":{"prototype":{"x":1}}}}`
      expect((await send({ headers: JSON_TYPE, body })).status).toBe(400)
    }
  })

  it('E-17 slow and endless heads cost only those who send them', async () => {
    const endless = `GET /livez HTTP/1.1\r\nHost: x\r\nX: ${'y'.repeat(1_000_000)}\r\n\r\n`
    expect(await raw(endless)).toMatch(/^HTTP\/1\.1 431/)
    const many = Array.from({ length: 10_000 }, (_, at) => `X-${at}: y\r\n`).join('')
    expect(await raw(`GET /livez HTTP/1.1\r\nHost: x\r\n${many}\r\n`)).toMatch(/^HTTP\/1\.1 431/)
    const port = Number(new URL(gateway.url).port)
    const slow = Array.from({ length: 1_000 }, () => {
      const socket = connect(port, '127.0.0.1', () =>
        socket.write('POST /graphql HTTP/1.1\r\nHost: x\r\nX-Slow: '),
      )
      socket.on('error', () => undefined)
      return socket
    })
    await expect
      .poll(() => slow.filter(({ bytesWritten }) => bytesWritten > 0).length, { timeout: 10_000 })
      .toBe(1_000)
    const times: number[] = []
    for (let round = 0; round < 100; round += 1) {
      const started = performance.now()
      expect((await gateway.ask('{ viewer { username } }', { token: admin })).data.viewer.username).toBe(
        'admin',
      )
      times.push(performance.now() - started)
    }
    expect(times.sort((a, b) => a - b)[98]).toBeLessThan(250)
    for (const socket of slow) socket.destroy()
  })
})

/** What comes back first for bytes as they are; what goes on being sent after that does not matter. */
function raw(...parts: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1', () => {
      for (const part of parts) socket.write(part)
    })
    const late = setTimeout(() => resolve('nothing'), 5_000)
    socket.once('data', (chunk) => {
      clearTimeout(late)
      resolve(chunk.toString().split('\r\n', 1)[0] ?? '')
      socket.destroy()
    })
    socket.on('error', (error) => {
      clearTimeout(late)
      reject(error)
    })
  })
}
