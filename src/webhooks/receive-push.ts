import { verify } from '@octokit/webhooks-methods'
import type { Clock } from '../base/clock.js'
import type { Logger } from '../base/logger.js'
import { sameRepository } from '../engine/application/repository-url.js'
import { textAt } from '../engine/manifest/read-json.js'
import type { DoorbellQueue } from '../queue/doorbell-queue.js'
import type { RepositoryStore, SettingStore } from '../store/directory-stores.js'

export interface ReceivePushDeps {
  readonly repositories: RepositoryStore
  /** Remembers the deliveries that were seen. */
  readonly settings: SettingStore
  readonly queue: DoorbellQueue
  readonly clock: Clock
  readonly logger: Logger
  /** Of the hook as GitHub knows it. Without one nothing is accepted. */
  readonly githubSecret?: string
}

/** A request as it came: header names in lower case, the body unparsed. */
export interface WebhookRequest {
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly rawBody: Uint8Array
}

export interface WebhookAnswer {
  readonly status: number
  readonly message: string
}

const MAX_BODY_BYTES = 1024 * 1024
const DELIVERY = /^[\w-]{1,100}$/
const ADDRESSES = ['clone_url', 'html_url', 'ssh_url', 'git_url'] as const

/**
 * A push that GitHub tells of. It only says "look now" at a repository that is connected: what is there, and what is
 * deployed, is read from the repository itself. Nothing of the body is parsed before its signature was right.
 */
export class ReceivePush {
  private readonly deps: ReceivePushDeps

  constructor(deps: ReceivePushDeps) {
    this.deps = deps
  }

  async run(request: WebhookRequest): Promise<WebhookAnswer> {
    const event = headerOf(request, 'x-github-event')
    if (event === undefined) return answer(400, 'Only webhooks of GitHub are supported')
    if (request.rawBody.length > MAX_BODY_BYTES) return answer(413, 'The body is larger than 1 MB')
    const body = decoded(request.rawBody)
    const refusal = await this.refuse(request, body)
    if (refusal !== undefined) {
      this.deps.logger.warn('Refused a webhook', { reason: refusal })
      return answer(401, refusal)
    }
    if (event === 'ping') return answer(200, 'pong')
    if (event !== 'push') return answer(202, 'This event changes nothing here')
    const delivery = headerOf(request, 'x-github-delivery') ?? ''
    if (!DELIVERY.test(delivery)) return answer(400, 'The header X-GitHub-Delivery is missing')
    const urls = addressesIn(payloadOf(body ?? ''))
    if (urls.length === 0) return answer(400, 'The body names no repository')
    return this.refresh(delivery, urls)
  }

  /** Why the sender is not believed. */
  private async refuse(request: WebhookRequest, body: string | undefined): Promise<string | undefined> {
    const { githubSecret } = this.deps
    if (githubSecret === undefined || githubSecret === '') {
      return 'Webhooks are refused until a secret is set (webhook.github.secret)'
    }
    const signature = headerOf(request, 'x-hub-signature-256')
    const isSigned = signature !== undefined && body !== undefined && body !== ''
    if (isSigned && (await verify(githubSecret, body, signature))) return undefined
    return 'The signature is missing or wrong'
  }

  private async refresh(delivery: string, urls: readonly string[]): Promise<WebhookAnswer> {
    const { repositories, settings, queue, clock, logger } = this.deps
    const at = new Date(clock.now()).toISOString()
    if (!(await settings.firstDelivery(`github/${delivery}`, at))) return answer(202, 'Seen before')
    const records = await repositories.list()
    const named = records.filter((record) => urls.some((url) => sameRepository(url, record.url)))
    for (const { id } of named) await queue.ring({ kind: 'repository', id })
    logger.info('Received a push', { delivery, repositories: named.map(({ id }) => id) })
    return answer(
      202,
      named.length === 0 ? 'No connected repository is meant' : 'The repository is looked at',
    )
  }
}

function answer(status: number, message: string): WebhookAnswer {
  return { status, message }
}

/** A header that comes twice is not believed. */
function headerOf({ headers }: WebhookRequest, name: string): string | undefined {
  const value = headers[name]
  return typeof value === 'string' && value !== '' ? value : undefined
}

function decoded(body: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body)
  } catch {
    return undefined
  }
}

/** JSON as it is, or in the field `payload` of a form: GitHub can do both. */
function payloadOf(body: string): unknown {
  const isForm = body.startsWith('payload=')
  try {
    return JSON.parse(isForm ? (new URLSearchParams(body).get('payload') ?? '') : body) as unknown
  } catch {
    return undefined
  }
}

function addressesIn(payload: unknown): readonly string[] {
  return ADDRESSES.flatMap((field) => textAt(payload, 'repository', field) ?? [])
}
