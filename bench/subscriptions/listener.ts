const ANSWER_MS = 60_000

/** What a subscriber does: one connection, one subscription. */
export interface Listener {
  close(): void
}

export interface ListenOptions {
  readonly url: string
  readonly token: string
  readonly query: string
  /** Each event as it came. */
  readonly onEvent: (text: string) => void
}

/** Resolves when the connection is accepted and the subscription sent. */
export function listen({ url, token, query, onEvent }: ListenOptions): Promise<Listener> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws')
  let isLeft = false
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error('The gateway does not accept a connection.')), ANSWER_MS)
    socket.addEventListener('open', () => {
      const payload = { authorization: `Bearer ${token}` }
      socket.send(JSON.stringify({ type: 'connection_init', payload }))
    })
    socket.addEventListener('message', ({ data }) => {
      const text = String(data)
      if (text.includes('"connection_ack"')) {
        clearTimeout(late)
        socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query } }))
        resolve({
          close: () => {
            isLeft = true
            socket.close()
          },
        })
      } else if (text.includes('"type":"ping"')) socket.send('{"type":"pong"}')
      else onEvent(text)
    })
    socket.addEventListener('close', ({ code, reason }) => {
      const message = `The gateway closed a connection: ${code} ${reason}`
      reject(new Error(message))
      if (!isLeft) onEvent(message)
    })
  })
}
