import { EventEmitter } from 'node:events'
import type { FastifyInstance } from 'fastify'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { endDeadSockets } from './end-dead-sockets.js'

class Socket extends EventEmitter {
  readonly close = vi.fn()
}

type Hook = (schema: undefined, document: undefined, context: object) => Promise<void>

function world() {
  const websocketServer = new EventEmitter()
  const hooks: Hook[] = []
  const graphql = { addHook: (_name: string, hook: Hook) => hooks.push(hook) }
  const server = { websocketServer, graphql } as unknown as FastifyInstance
  const join = async (credential: string): Promise<Socket> => {
    const [socket, raw] = [new Socket(), {}]
    websocketServer.emit('connection', socket, raw)
    for (const hook of hooks) await hook(undefined, undefined, { request: { raw }, credential })
    return socket
  }
  return { server, join }
}

describe('endDeadSockets()', () => {
  beforeEach(() => vi.useFakeTimers())
  afterEach(() => vi.useRealTimers())

  it('closes connections whose session ended, and no other', async () => {
    const { server, join } = world()
    endDeadSockets(server, { living: async () => new Set(['alive']) })
    const [alive, dead, left] = [await join('alive'), await join('dead'), await join('dead')]
    left.emit('close')
    await vi.advanceTimersByTimeAsync(2_000)
    expect([alive, dead, left].map(({ close }) => close.mock.calls)).toEqual([
      [],
      [[4403, 'The session ended.']],
      [],
    ])
  })

  it('keeps who came while it was asked which sessions are alive', async () => {
    const { server, join } = world()
    let answer: (living: ReadonlySet<string>) => void = () => undefined
    endDeadSockets(server, { living: () => new Promise((resolve) => (answer = resolve)) })
    await join('first')
    await vi.advanceTimersByTimeAsync(2_000)
    const late = await join('late')
    answer(new Set(['first']))
    await vi.advanceTimersByTimeAsync(0)
    expect(late.close).not.toHaveBeenCalled()
  })
})
