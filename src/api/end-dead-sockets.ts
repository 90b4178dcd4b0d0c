import type { IncomingMessage } from 'node:http'
import type { FastifyInstance } from 'fastify'
import { AppError } from '../base/app-error.js'
import type { Authenticate } from '../login/authenticate.js'
import type { RequestContext } from './request-context.js'

/** The promise is five seconds. */
const LOOK_EVERY_MS = 2_000
/** Code of graphql-transport-ws for a connection that may not go on. */
const FORBIDDEN = 4403

interface Socket {
  close(code: number, reason: string): void
  on(event: 'close', listener: () => void): unknown
}

interface SocketServer {
  on(event: 'connection', listener: (socket: Socket, request: IncomingMessage) => void): unknown
}

/**
 * Closes connections whose session or token ended, also those on which nothing happens. All of them are asked about in one
 * statement; while the database does not answer they stay, and deliver nothing. Answers the function that ends it.
 */
export function endDeadSockets(
  server: FastifyInstance,
  authenticate: Pick<Authenticate, 'living'>,
): () => void {
  const { websocketServer, graphql } = server as FastifyInstance & { readonly websocketServer?: SocketServer }
  const sockets = new WeakMap<IncomingMessage, Socket>()
  const credentials = new Map<Socket, string>()
  // Without it nothing would be watched, and nobody would notice.
  if (websocketServer === undefined) throw new AppError('INTERNAL', 'The gateway has no WebSocket server.')
  websocketServer.on('connection', (socket: Socket, request: IncomingMessage) => {
    sockets.set(request, socket)
    socket.on('close', () => credentials.delete(socket))
  })
  graphql.addHook('preSubscriptionExecution', async (_schema, _document, context) => {
    const { request, credential } = context as Partial<RequestContext>
    const socket = request && sockets.get(request.raw)
    if (socket !== undefined && credential !== undefined) credentials.set(socket, credential)
  })
  const look = async (): Promise<void> => {
    if (credentials.size === 0) return
    // Those that come while the answer is under way are not in it.
    const asked = [...credentials]
    const living = await authenticate.living([...new Set(credentials.values())])
    for (const [socket, credential] of asked) {
      if (!living.has(credential)) socket.close(FORBIDDEN, 'The session ended.')
    }
  }
  const timer = setInterval(() => void look().catch(() => undefined), LOOK_EVERY_MS)
  timer.unref()
  return () => clearInterval(timer)
}
