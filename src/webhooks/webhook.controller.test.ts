import 'reflect-metadata'
import { NestFactory } from '@nestjs/core'
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify'
import { sign } from '@octokit/webhooks-methods'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { silentLogger } from '../base/logger.js'
import { MemoryQueue } from '../queue/memory/memory-queue.js'
import { openMemoryStores } from '../store/memory/open-memory-stores.js'
import { WebhooksModule } from './webhooks.module.js'

const SECRET = 'a secret of the hook'

describe('POST /api/webhook', () => {
  let app: NestFastifyApplication

  beforeAll(async () => {
    const { repositories, settings } = openMemoryStores()
    const clock = { now: () => 0, monotonic: () => 0 }
    const queue = new MemoryQueue()
    const deps = { repositories, settings, queue, clock, logger: silentLogger, githubSecret: SECRET }
    const adapter = new FastifyAdapter({ bodyLimit: 1_048_576 })
    const module = WebhooksModule.forRoot(deps)
    app = await NestFactory.create<NestFastifyApplication>(module, adapter, { logger: false, rawBody: true })
    await app.init()
  })
  afterAll(() => app.close())

  const post = async (body: string, type = 'application/json') => {
    const headers = {
      'content-type': type,
      'x-github-event': 'push',
      'x-github-delivery': 'd1',
      'x-hub-signature-256': await sign(SECRET, body),
    }
    return app.inject({ method: 'POST', url: '/api/webhook', headers, payload: body })
  }

  it('believes the signature over the very bytes, in JSON and in a form', async () => {
    const body = '{ "repository":  {"clone_url": "https://git.example.com/ä"} }\n'
    expect((await post(body)).statusCode).toBe(202)
    const form = new URLSearchParams({ payload: body }).toString()
    expect((await post(form, 'application/x-www-form-urlencoded')).statusCode).toBe(202)
  })

  it('A-50 refuses what nobody signed, and what is too large', async () => {
    const unsigned = await app.inject({
      method: 'POST',
      url: '/api/webhook',
      headers: { 'x-github-event': 'push' },
      payload: { repository: { clone_url: 'https://git.example.com/x' } },
    })
    expect(unsigned.statusCode).toBe(401)
    expect((await post(JSON.stringify({ x: 'x'.repeat(1_100_000) }))).statusCode).toBe(413)
  })
})
