import { request } from 'node:http'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { silentLogger } from '../../../src/base/logger.js'
import { CALL_PATH, issueToken, lineMac } from '../../../src/peers/http/call-token.js'
import { HttpPeerCaller } from '../../../src/peers/http/http-peer-caller.js'
import { HttpPeerServer } from '../../../src/peers/http/http-peer-server.js'
import { describePeerCaller } from '../../../src/peers/peer-caller.contract.js'
import type { PeerValue } from '../../../src/peers/peer-caller.js'

const KEY = 'k'.repeat(44)
const clock = { now: () => Date.now() }
const listen = (key = KEY) =>
  HttpPeerServer.listen({ key, host: '127.0.0.1', port: 0, clock, logger: silentLogger })

describePeerCaller('HttpPeerCaller', async () => {
  const caller = new HttpPeerCaller({ key: KEY, clock, silenceMs: 5_000 })
  const servers: HttpPeerServer[] = []
  return {
    caller,
    serve: async (answers) => {
      const server = await listen()
      server.answer(answers)
      servers.push(server)
      return {
        address: server.address,
        stop: async () => {
          servers.splice(servers.indexOf(server), 1)
          await server.close()
        },
      }
    },
    close: async () => {
      await caller.close()
      await Promise.all(servers.map((server) => server.close()))
    },
  }
})

describe('HttpPeerServer', () => {
  let server: HttpPeerServer
  let asked = 0

  beforeEach(async () => {
    asked = 0
    server = await listen()
    server.answer({
      async *ask(body) {
        asked += 1
        yield body
      },
    })
  })

  afterEach(() => server.close())

  const facts = (body = '1') => ({
    verb: 'POST',
    address: server.address,
    path: `${CALL_PATH}ask`,
    body,
  })

  const send = async (wish: { path?: string; method?: string; body?: string; header?: string }) => {
    const { path = `${CALL_PATH}ask`, method = 'POST', body = '1', header } = wish
    const headers = header === undefined ? {} : { authorization: header }
    const sent = request(new URL(path, server.address), { method, headers, agent: false })
    sent.end(body)
    const [response] = (await once(sent, 'response')) as [NodeJS.ReadableStream & { statusCode: number }]
    let text = ''
    for await (const chunk of response) text += String(chunk)
    return { status: response.statusCode, text }
  }

  it('answers a token of this call once', async () => {
    const { header } = issueToken(KEY, facts(), Date.now())
    expect((await send({ header })).status).toBe(200)
    expect((await send({ header })).status).toBe(401)
    expect(asked).toBe(1)
  })

  it.each([
    ['no token', () => undefined],
    ['nonsense', () => 'Bearer x'],
    ['a token of another key', () => issueToken('other', facts(), Date.now()).header],
    ['an old token', () => issueToken(KEY, facts(), Date.now() - 31_000).header],
    ['a token of the future', () => issueToken(KEY, facts(), Date.now() + 31_000).header],
    ['a token for another body', () => issueToken(KEY, facts('2'), Date.now()).header],
    ['a token for another path', () => issueToken(KEY, { ...facts(), path: '/call/x' }, Date.now()).header],
    ['a token for another verb', () => issueToken(KEY, { ...facts(), verb: 'GET' }, Date.now()).header],
    [
      'a token for another process',
      () => issueToken(KEY, { ...facts(), address: 'http://10.0.0.9:1' }, Date.now()).header,
    ],
  ])('A-62 refuses %s and says nothing', async (_name, header) => {
    const value = header()
    expect(await send(value === undefined ? {} : { header: value })).toEqual({ status: 401, text: '' })
    expect(asked).toBe(0)
  })

  it.each(['/', '/livez', '/call/', '/call/__proto__', '/metrics', '/call/ask/../ask'])(
    'has nothing at %s without a token',
    async (path) => {
      expect((await send({ path })).status).toBe(401)
      expect((await send({ path, method: 'GET' })).status).toBe(401)
    },
  )

  it('A-62 refuses before the body came', async () => {
    const sent = request(new URL(`${CALL_PATH}ask`, server.address), {
      method: 'POST',
      headers: { 'content-length': 1_000_000 },
      agent: false,
    })
    sent.on('error', () => undefined)
    sent.write('[')
    const [response] = (await once(sent, 'response')) as [{ readonly statusCode: number }]
    expect(response.statusCode).toBe(401)
    sent.destroy()
  })

  it('refuses a body beyond 1 MiB although its token is right', async () => {
    const body = JSON.stringify('x'.repeat(1_100_000))
    const { header } = issueToken(KEY, facts(body), Date.now())
    expect((await send({ body, header })).status).toBe(413)
    expect(asked).toBe(0)
  })

  it('does not name methods of the language as its own', async () => {
    const path = `${CALL_PATH}constructor`
    const { header } = issueToken(KEY, { ...facts(), path }, Date.now())
    expect((await send({ path, header })).text).toContain('does not answer')
  })
})

describe('HttpPeerCaller', () => {
  const caller = new HttpPeerCaller({ key: KEY, clock, silenceMs: 300 })
  const ask = async (address: string): Promise<readonly PeerValue[]> => {
    const values: PeerValue[] = []
    for await (const value of caller.call(address, { method: 'ask', body: null })) values.push(value)
    return values
  }

  it('says which key differs when it is refused', async () => {
    const server = await listen('another key')
    await expect(ask(server.address)).rejects.toMatchObject({
      code: 'INTERNAL',
      message: expect.stringContaining('internal.key differs'),
    })
    await server.close()
  })

  it('gives up on a black hole', async () => {
    const hole = createServer(() => undefined).listen(0, '127.0.0.1')
    await once(hole, 'listening')
    const { port } = hole.address() as { port: number }
    await expect(ask(`http://127.0.0.1:${port}`)).rejects.toMatchObject({ code: 'TIMEOUT' })
    hole.close()
  })

  it.each([
    { how: 'tampered', name: 'AppError', change: (lines: string) => lines.replace('green', 'red') },
    { how: 'cut', name: 'PeerGone', change: (lines: string) => lines.split('\n').slice(0, 2).join('\n') },
    {
      how: 'swapped',
      name: 'AppError',
      change: (lines: string) => lines.replace(/^(.*)\n(.*)\n/, '$2\n$1\n'),
    },
    { how: 'of another call', name: 'AppError', change: () => rightLines('A'.repeat(22)) },
  ])('A-45 never uses an answer that is $how', async ({ name, change }) => {
    const forger = await forgeAnswers(change)
    const values: PeerValue[] = []
    const read = async (): Promise<void> => {
      for await (const value of caller.call(forger.address, { method: 'ask', body: null })) values.push(value)
    }
    await expect(read()).rejects.toMatchObject({ name })
    expect(values).not.toContain('red')
    expect(values[0]).not.toBe('grey')
    forger.close()
  })

  it('uses the answer when nothing is changed', async () => {
    const forger = await forgeAnswers((lines) => lines)
    expect(await ask(forger.address)).toEqual(['green', 'grey'])
    forger.close()
  })
})

/** What a right answer to the call with this nonce looks like. */
function rightLines(nonce: string): string {
  const texts = ['{"value":"green"}', '{"value":"grey"}', '{"end":true}']
  return texts.map((text, index) => `${lineMac(KEY, nonce, { index, text })} ${text}\n`).join('')
}

/** Somebody between both sides who changes what passes. */
async function forgeAnswers(change: (lines: string) => string) {
  const server = createServer((socket) => {
    socket.once('data', (head) => {
      const nonce = /Bearer v1\.\d+\.([\w-]+)/.exec(head.toString())?.[1] ?? ''
      socket.end(`HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n${change(rightLines(nonce))}`)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  return { address: `http://127.0.0.1:${port}`, close: () => server.close() }
}
