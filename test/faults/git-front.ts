import { type IncomingMessage, type ServerResponse, createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** What becomes of requests for Git; the last order counts. */
export interface GitFault {
  /** Only requests whose path matches. */
  readonly path: RegExp
  readonly answer?: {
    readonly status: number
    readonly type?: string
    readonly body: string
    readonly retryAfter?: number
  }
  readonly silence?: 'hang' | 'reset'
  readonly delayMs?: number
  /** The share of a pack that arrives before the connection breaks. */
  readonly cutAt?: number
  /** Changes the body of an answer. */
  readonly damage?: (body: Buffer) => Buffer
}

/** An HTTP proxy before the Git server. */
export interface GitFront {
  readonly url: string
  felt: number
  set(fault: GitFault | undefined): void
  close(): Promise<void>
}

export async function startGitFront(upstream: string): Promise<GitFront> {
  let fault: GitFault | undefined
  const hung = new Set<IncomingMessage>()
  const server = createServer((incoming, response) => {
    const active = fault?.path.test(incoming.url ?? '') === true ? fault : undefined
    if (active !== undefined) front.felt += 1
    if (active?.silence === 'hang') return void hung.add(incoming)
    serve(upstream, { incoming, response, fault: active }).catch(() => incoming.socket.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const front: GitFront = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    felt: 0,
    set: (next) => {
      fault = next
      for (const { socket } of hung) socket.destroy()
      hung.clear()
      front.felt = 0
    },
    close: async () => {
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
  return front
}

interface Exchange {
  readonly incoming: IncomingMessage
  readonly response: ServerResponse
  readonly fault: GitFault | undefined
}

async function serve(upstream: string, { incoming, response, fault }: Exchange): Promise<void> {
  if (fault?.silence === 'reset') return void incoming.socket.resetAndDestroy()
  if (fault?.answer !== undefined) return say(response, fault.answer)
  if (fault?.delayMs !== undefined) await sleep(fault.delayMs)
  await pass(await ask(upstream, incoming, response), response, fault)
}

function ask(
  upstream: string,
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<IncomingMessage> {
  const { method = 'GET', url = '', headers } = incoming
  const asked = request(upstream + url, { method, headers: { ...headers, host: new URL(upstream).host } })
  incoming.pipe(asked)
  response.once('close', () => asked.destroy())
  return new Promise((resolve, reject) => {
    asked.once('response', resolve)
    asked.once('error', reject)
  })
}

async function pass(
  answer: IncomingMessage,
  response: ServerResponse,
  { damage, cutAt }: Partial<GitFault> = {},
): Promise<void> {
  const body = await whole(answer)
  const { 'content-length': _length, 'transfer-encoding': _encoding, ...headers } = answer.headers
  const sent = damage?.(body) ?? body
  response.writeHead(answer.statusCode ?? 502, { ...headers, 'content-length': sent.length })
  if (cutAt === undefined) return void response.end(sent)
  response.write(sent.subarray(0, Math.floor(sent.length * cutAt)))
  setTimeout(() => response.socket?.resetAndDestroy(), 20)
}

function say(response: ServerResponse, answer: NonNullable<GitFault['answer']>): void {
  const headers = {
    'content-type': answer.type ?? 'text/plain',
    ...(answer.retryAfter !== undefined && { 'retry-after': String(answer.retryAfter) }),
  }
  response.writeHead(answer.status, headers).end(answer.body)
}

async function whole(answer: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of answer) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}
