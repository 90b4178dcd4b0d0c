import type { IncomingMessage, Server } from 'node:http'
import type { Socket } from 'node:net'

/** Time for the closing handshake of a WebSocket before its socket is cut. */
const GOODBYE_MS = 500

/**
 * Keeps a broken WebSocket upgrade from ending the process: Node takes its own error listener off a socket that upgrades,
 * and a reset in that moment is an unheard `error` event. Upgrades to other paths are refused here. Answers the function
 * that cuts what is still open, without which a client that never says goodbye would keep the process from ending.
 */
export function guardUpgrades(server: Server, path: string): () => void {
  const open = new Set<Socket>()
  server.prependListener('upgrade', (request: IncomingMessage, socket: Socket) => {
    open.add(socket)
    socket.on('close', () => open.delete(socket))
    socket.on('error', () => socket.destroy())
    const asked = (request.url ?? '/').split('?', 1)[0]
    if (asked !== path) {
      socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n', () =>
        socket.destroy(),
      )
    }
  })
  return () => {
    setTimeout(() => {
      for (const socket of open) socket.destroy()
    }, GOODBYE_MS)
  }
}
