import { sign } from '@octokit/webhooks-methods'
import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { silentLogger } from '../../../src/base/logger.js'
import { MemoryQueue } from '../../../src/queue/memory/memory-queue.js'
import { openMemoryStores } from '../../../src/store/memory/open-memory-stores.js'
import { ReceivePush, type WebhookAnswer } from '../../../src/webhooks/receive-push.js'
import { damaged, runHarness } from './run-harness.js'

const SECRET = 'CANARY-webhook-secret'
const BODIES = [
  '{"ref":"refs/heads/main","repository":{"clone_url":"https://git.test/shop","html_url":null}}',
  '{"repository":null,"commits":[{"repo":null}]}',
  'payload=%7B%22repository%22%3A%7B%22clone_url%22%3A%22https%3A%2F%2Fgit.test%2Fshop%22%7D%7D',
  '[[[[{"repository":{}}]]]]',
]
const ODD = ['"repository":', '{', '}', '[', 'null', '__proto__', '\\u0000', '1e999', '"', '%', '&payload=']

let receiver: ReceivePush
beforeEach(() => {
  const stores = openMemoryStores()
  receiver = new ReceivePush({
    repositories: stores.repositories,
    settings: stores.settings,
    queue: new MemoryQueue(),
    clock: { now: () => 0, monotonic: () => 0 },
    logger: silentLogger,
    githubSecret: SECRET,
  })
})

const headers = fc.dictionary(
  fc.constantFrom('x-github-event', 'x-github-delivery', 'x-hub-signature-256', 'content-type', 'x'),
  fc.oneof(
    fc.constantFrom('push', 'ping', 'sha256=', '', 'a'.repeat(200)),
    fc.string(),
    fc.array(fc.string(), { maxLength: 2 }),
  ),
)

describe('harnesses of webhooks: every body gets an answer, only signed ones do anything', () => {
  it('A-50 without a good signature', async () => {
    await runHarness(fc.tuple(headers, fc.uint8Array({ maxLength: 200 })), async ([given, rawBody]) => {
      const answer: WebhookAnswer = await receiver.run({ headers: given, rawBody })
      expect([400, 401, 413]).toContain(answer.status)
      expect(answer.message).not.toContain('CANARY')
    })
  }, 120_000)

  it('A-56 A-57 signed, of any shape (CVE-2025-59537, CVE-2025-59538)', async () => {
    await runHarness(
      fc.tuple(fc.oneof(damaged(BODIES, ODD), fc.json()), fc.constantFrom('push', 'ping', 'other')),
      async ([body, event]) => {
        const answer = await receiver.run({
          headers: {
            'x-github-event': event,
            'x-github-delivery': 'one',
            'x-hub-signature-256': body === '' ? 'sha256=' : await sign(SECRET, body),
          },
          rawBody: new TextEncoder().encode(body),
        })
        expect([200, 202, 400, 401]).toContain(answer.status)
      },
    )
  }, 120_000)
})
