import { connect, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'
import websocket from '@fastify/websocket'
import Fastify, { type FastifyInstance } from 'fastify'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { closeSlowReaders } from './slow-readers.js'

const LIMITS = { mostWaiting: 1_000, mostSilentMs: 10_000 }

class Reader {
  bufferedAmount: number
  readonly close = vi.fn<(code: number, reason: string) => void>()
  readonly terminate = vi.fn()

  constructor(bufferedAmount: number) {
    this.bufferedAmount = bufferedAmount
  }
}

function watch(readers: readonly Reader[]): () => void {
  const server = { websocketServer: { clients: new Set(readers) } } as unknown as FastifyInstance
  return closeSlowReaders(server, LIMITS)
}

describe('closeSlowReaders()', () => {
  beforeEach(() => vi.useFakeTimers())
  afterEach(() => vi.useRealTimers())

  it('E-12 closes who lets more wait than is allowed, with a reason, and nobody else', () => {
    const readers = [new Reader(0), new Reader(1_000), new Reader(1_001)]
    const end = watch(readers)
    vi.advanceTimersByTime(1_000)
    expect(readers.map(({ close }) => close.mock.calls.length)).toEqual([0, 0, 1])
    const [code, reason = ''] = readers[2]?.close.mock.calls[0] ?? []
    expect([code, reason.slice(0, 24)]).toEqual([1013, 'You read too slowly: too'])
    expect(Buffer.byteLength(reason)).toBeLessThanOrEqual(123)
    end()
    vi.advanceTimersByTime(100_000)
    expect(readers[1]?.close).not.toHaveBeenCalled()
  })

  it('closes who reads nothing for long, however little waits; who reads now and then may go on', () => {
    const [stuck, slow] = [new Reader(10), new Reader(10)]
    watch([stuck, slow])
    for (let second = 0; second < 30; second += 1) {
      slow.bufferedAmount = second % 8 === 0 ? 9 : 10
      vi.advanceTimersByTime(1_000)
    }
    expect(slow.close).not.toHaveBeenCalled()
    expect(stuck.close).toHaveBeenCalledTimes(1)
    expect(stuck.close.mock.calls[0]?.[1]).toContain('You stopped reading for 10 s.')
  })

  it('cuts who does not even read the reason', () => {
    const reader = new Reader(2_000)
    watch([reader])
    vi.advanceTimersByTime(5_000)
    expect(reader.terminate).not.toHaveBeenCalled()
    vi.advanceTimersByTime(2_000)
    expect(reader.terminate).toHaveBeenCalled()
  })
})

describe('closeSlowReaders() on a real connection', () => {
  let server: FastifyInstance

  beforeEach(async () => {
    server = Fastify()
    await server.register(websocket)
    server.get('/', { websocket: true }, (socket) => {
      const more = (): void =>
        socket.send('x'.repeat(100_000), (error?: Error) => void (error ?? setTimeout(more, 1)))
      more()
    })
    await server.listen({ port: 0, host: '127.0.0.1' })
  })
  afterEach(() => server.close())

  it(
    'ends a reader that stopped, while the server holds one message for it',
    { timeout: 20_000 },
    async () => {
      const end = closeSlowReaders(server, { mostWaiting: 10_000_000, mostSilentMs: 500 })
      const client = connect((server.server.address() as AddressInfo).port, '127.0.0.1')
      client.write(
        'GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n' +
          'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
      )
      await once(client, 'readable')
      await vi.waitFor(() => expect(server.websocketServer.clients.size).toBe(0), { timeout: 15_000 })
      client.destroy()
      end()
    },
  )
})

function once(socket: Socket, event: string): Promise<void> {
  return new Promise((resolve) => socket.once(event, () => resolve()))
}
