import { expect, it } from 'vitest'
import type { Answer } from './exchange.js'
import { probeServer } from './probe-server.js'
import type { RequestSender } from './request-sender.js'

function answering(body: string): RequestSender {
  const sender = {
    send: async (): Promise<Answer> => ({ status: 500, headers: {}, body }),
    failure: (answer: Answer) => new Error(answer.body),
  }
  return sender as unknown as RequestSender
}

it('probeServer() names what fails of a server that is not ready, and not what works', async () => {
  const lines = ['[+]ping ok', ...['a', 'b', 'c', 'd'].map((name) => `[-]${name} failed: reason withheld`)]
  await expect(probeServer(answering([...lines, 'readyz check failed'].join('\n')), 'prod')).rejects.toThrow(
    /^it is not ready: a, b, c and 1 more$/,
  )
})

it('probeServer() keeps an answer that lists no checks', async () => {
  await expect(probeServer(answering('bad gateway'), 'prod')).rejects.toThrow(/^bad gateway$/)
})
