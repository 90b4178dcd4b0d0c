import type { IncomingMessage, Server } from 'node:http'
import type { Socket } from 'node:net'

/**
 * Keeps a broken WebSocket upgrade from ending the process: Node takes its own error listener off a socket that upgrades,
 * and a reset in that moment is an unheard `error` event. Upgrades to other paths are refused here.
 */
export function guardUpgrades(server: Server, path: string): void {
  server.prependListener('upgrade', (request: IncomingMessage, socket: Socket) => {
    socket.on('error', () => socket.destroy())
    const asked = (request.url ?? '/').split('?', 1)[0]
    if (asked !== path) {
      socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
    }
  })
}
