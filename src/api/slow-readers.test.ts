import type { FastifyInstance } from 'fastify'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { dropSlowReaders } from './slow-readers.js'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

function client(bufferedAmount: number) {
  return { bufferedAmount, terminate: vi.fn() }
}

describe('dropSlowReaders()', () => {
  it('E-12 cuts who lets more wait than is allowed, and nobody else', () => {
    const clients = [client(0), client(1_000), client(1_001)]
    const server = { websocketServer: { clients: new Set(clients) } } as unknown as FastifyInstance
    const end = dropSlowReaders(server, 1_000)
    vi.advanceTimersByTime(2_000)
    expect(clients.map(({ terminate }) => terminate.mock.calls.length)).toEqual([0, 0, 1])
    end()
    vi.advanceTimersByTime(10_000)
    expect(clients[2]?.terminate.mock.calls).toHaveLength(1)
  })
})
