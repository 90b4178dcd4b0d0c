import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { AppError } from '../base/app-error.js'
import { callPeer, PeerGone, type PeerAnswers, type PeerCaller, type PeerValue } from './peer-caller.js'

/** Two processes that can call one another. */
export interface PeersUnderTest {
  readonly caller: PeerCaller
  /** Starts a process with these answers; answers where it is. */
  serve(answers: PeerAnswers): Promise<{ readonly address: string; stop(): Promise<void> }>
  close(): Promise<void>
}

export function describePeerCaller(name: string, open: () => Promise<PeersUnderTest>): void {
  describe(`${name} as PeerCaller`, () => {
    let peers: PeersUnderTest

    beforeEach(async () => {
      peers = await open()
    })

    afterEach(() => peers.close())

    const all = async (address: string, body: PeerValue, method = 'ask'): Promise<readonly PeerValue[]> => {
      const values: PeerValue[] = []
      for await (const value of peers.caller.call(address, { method, body })) values.push(value)
      return values
    }

    it('carries the question there and every value back, in order', async () => {
      const { address } = await peers.serve({
        async *ask(body) {
          yield body
          for (let i = 0; i < 200; i += 1) yield { line: `ä\n${i}` }
        },
      })
      const values = await all(address, { text: 'ü"\n', none: null, list: [1, true] })
      expect(values[0]).toEqual({ text: 'ü"\n', none: null, list: [1, true] })
      expect(values.slice(1)).toEqual(Array.from({ length: 200 }, (_, i) => ({ line: `ä\n${i}` })))
    })

    it('gives on values as they come, not at the end', async () => {
      let release: () => void = () => undefined
      const gate = new Promise<void>((resolve) => (release = resolve))
      const { address } = await peers.serve({
        async *ask() {
          yield 'first'
          await gate
          yield 'second'
        },
      })
      const values = peers.caller.call(address, { method: 'ask', body: null })[Symbol.asyncIterator]()
      expect((await values.next()).value).toBe('first')
      release()
      expect((await values.next()).value).toBe('second')
      expect((await values.next()).done).toBe(true)
    })

    it('carries a large value whole', async () => {
      const large = 'x'.repeat(3_000_000)
      const { address } = await peers.serve({
        async *ask() {
          yield large
        },
      })
      expect((await all(address, null))[0]).toBe(large)
    })

    it('throws what the other side threw, with code and retry', async () => {
      const { address } = await peers.serve({
        async *ask() {
          yield 'before'
          throw new AppError('NOT_FOUND', 'There is no such thing.', { retry: { afterSeconds: 7 } })
        },
      })
      await expect(all(address, null)).rejects.toMatchObject({
        code: 'NOT_FOUND',
        message: 'There is no such thing.',
        retry: { afterSeconds: 7 },
      })
    })

    it('ends the work on the other side when the reader stops', async () => {
      let ended = false
      const { address } = await peers.serve({
        async *ask() {
          try {
            for (;;) {
              await new Promise((resolve) => setTimeout(resolve, 5))
              yield 'more'
            }
          } finally {
            ended = true
          }
        },
      })
      for await (const value of peers.caller.call(address, { method: 'ask', body: null })) {
        expect(value).toBe('more')
        break
      }
      await expect.poll(() => ended).toBe(true)
    })

    it('says PeerGone when the other side stopped', async () => {
      const { address, stop } = await peers.serve({})
      await stop()
      await expect(all(address, null)).rejects.toBeInstanceOf(PeerGone)
    })

    it('serves many calls at once', async () => {
      const { address } = await peers.serve({
        async *ask(body) {
          yield body
        },
      })
      const calls = Array.from({ length: 100 }, (_, i) => all(address, i))
      expect((await Promise.all(calls)).flat()).toEqual(Array.from({ length: 100 }, (_, i) => i))
    })

    it('callPeer() asks the next one when the first is gone or not the owner', async () => {
      const dead = await peers.serve({})
      await dead.stop()
      const former = await peers.serve({
        async *ask() {
          yield* []
          throw new PeerGone('I do not own it any more.')
        },
      })
      const owner = await peers.serve({
        async *ask() {
          yield 'owner'
        },
      })
      for (const first of [dead, former]) {
        const addresses = [first.address, owner.address]
        const find = async () => ({ address: addresses.shift() ?? '' })
        expect(await callPeer(peers.caller, find, { method: 'ask', body: null })).toEqual(['owner'])
      }
      const always = async () => ({ address: former.address })
      const call = { method: 'ask', body: null }
      await expect(callPeer(peers.caller, always, call)).rejects.toThrow('I do not own it any more.')
      const nobody = async () => ({ nobody: 'Nobody owns it.' })
      await expect(callPeer(peers.caller, nobody, call)).rejects.toThrow('Nobody owns it.')
    })
  })
}
