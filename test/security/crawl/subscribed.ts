import type { Answer } from '../../integration/api/gateway-fixture.js'
import type { Call } from './call-of.js'

/** Longer than the gateway takes to refuse. */
const QUIET_MS = 150

/** What a subscription (graphql-transport-ws) says at once: its refusal, or nothing. */
export async function subscribed(url: string, token: string | undefined, call: Call): Promise<Answer> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws')
  const errors = await new Promise<Answer['errors']>((resolve) => {
    const end = (found: Answer['errors']): void => {
      socket.close()
      resolve(found)
    }
    socket.addEventListener('open', () => {
      const payload = token === undefined ? {} : { authorization: `Bearer ${token}` }
      socket.send(JSON.stringify({ type: 'connection_init', payload }))
    })
    socket.addEventListener('message', (event) => {
      const message = JSON.parse(String(event.data)) as { type: string; payload: Answer['errors'] }
      if (message.type === 'connection_error') end([refusal('UNAUTHENTICATED')])
      if (message.type === 'error') end(message.payload)
      if (message.type !== 'connection_ack') return
      socket.send(
        JSON.stringify({
          id: '1',
          type: 'subscribe',
          payload: { query: call.document, variables: call.variables },
        }),
      )
      setTimeout(() => end([]), QUIET_MS)
    })
    socket.addEventListener('close', () => resolve([refusal('UNAUTHENTICATED')]))
  })
  return { status: 200, text: JSON.stringify({ errors }), headers: new Headers(), data: null, errors }
}

function refusal(code: string): Answer['errors'][number] {
  return { message: code, extensions: { code } }
}
