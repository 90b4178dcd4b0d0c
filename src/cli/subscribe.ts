import { CliError } from './cli-error.js'
import type { ServerAddress } from './graphql-client.js'

interface Message {
  readonly type: string
  readonly payload?: unknown
}

/** The server ended the connection: the same subscription may go on with another one. */
export class ConnectionEnded extends CliError {}

/**
 * What a subscription delivers, until the server completes it or the signal ends it. A failure or a connection that ends
 * is a CliError.
 */
export async function* subscribe<T>(
  { url, token, allowInsecureTls }: ServerAddress,
  document: { readonly query: string; readonly variables: object },
  signal?: AbortSignal,
): AsyncIterable<T> {
  const undici = await import('undici')
  const dispatcher = allowInsecureTls
    ? new undici.Agent({ connect: { rejectUnauthorized: false } })
    : undefined
  const socket = new undici.WebSocket(`${url.replace(/^http/, 'ws')}/graphql`, {
    protocols: ['graphql-transport-ws'],
    ...(dispatcher && { dispatcher }),
  })
  const messages: Message[] = []
  let wake: () => void = () => undefined
  const take = (message: Message): void => {
    messages.push(message)
    wake()
  }
  signal?.addEventListener('abort', () => take({ type: 'complete' }))
  socket.addEventListener('open', () => {
    const payload = token === undefined ? {} : { authorization: `Bearer ${token}` }
    socket.send(JSON.stringify({ type: 'connection_init', payload }))
    socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: document }))
  })
  socket.addEventListener('message', (event) => take(JSON.parse(String(event.data)) as Message))
  socket.addEventListener('close', ({ reason }) => take({ type: 'closed', payload: reason }))
  try {
    for (;;) {
      const message = messages.shift()
      if (message === undefined) await new Promise<void>((resolve) => (wake = resolve))
      else if (message.type === 'complete') return
      else if (message.type === 'next') yield (message.payload as { readonly data: T }).data
      else refuseEnd(message, url)
    }
  } finally {
    socket.close()
  }
}

function refuseEnd({ type, payload }: Message, url: string): void {
  if (type === 'error') {
    const [error] = payload as readonly { readonly message: string }[]
    throw new CliError(error?.message ?? 'the server refused the subscription')
  }
  if (type !== 'closed') return
  throw new ConnectionEnded(`the connection to ${url} ended`, {
    reason: String(payload || 'without a reason'),
  })
}
