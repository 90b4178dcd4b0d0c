import type { FastifyInstance } from 'fastify'

/** What may wait to be sent on one socket: more than a whole page of changes. */
const MOST_WAITING = 4 * 1024 * 1024
const LOOK_EVERY_MS = 2_000

interface Socket {
  readonly bufferedAmount: number
  terminate(): void
}

/**
 * Cuts subscribers that do not read what they asked for: what waits for them would fill the memory of all. They come back
 * and read the list anew. Answers the function that ends it.
 */
export function dropSlowReaders(server: FastifyInstance, mostWaiting = MOST_WAITING): () => void {
  const { websocketServer } = server as { readonly websocketServer?: { readonly clients: Iterable<Socket> } }
  if (websocketServer === undefined) return () => undefined
  const timer = setInterval(() => {
    for (const client of [...websocketServer.clients]) {
      if (client.bufferedAmount > mostWaiting) client.terminate()
    }
  }, LOOK_EVERY_MS)
  timer.unref()
  return () => clearInterval(timer)
}
