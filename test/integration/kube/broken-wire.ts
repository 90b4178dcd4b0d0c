import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/** What happens to a new connection: passed on, reset, closed at once, or answered with a TLS alert. */
export type WireFault = 'none' | 'reset' | 'end' | 'tls-alert'

export interface BrokenWire {
  readonly server: string
  /** Connections that were accepted. */
  readonly connections: number
  fault: WireFault
  /** Resets the connections that are open. */
  cut(): void
  close(): Promise<void>
}

/** Record type alert (21), TLS 1.2, two bytes: fatal, handshake_failure. */
const TLS_ALERT = Buffer.from([21, 3, 3, 0, 2, 2, 40])

/** A wire to an HTTPS server, below TLS, that breaks as it is told. */
export async function startBrokenWire(target: string): Promise<BrokenWire> {
  const { hostname, port } = new URL(target)
  const sockets = new Set<Socket>()
  const wire = { fault: 'none' as WireFault, connections: 0 }
  const server = createServer((socket) => {
    wire.connections += 1
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => undefined)
    if (wire.fault === 'reset') return void socket.resetAndDestroy()
    if (wire.fault === 'end') return void socket.end()
    if (wire.fault === 'tls-alert') return void socket.end(TLS_ALERT)
    const upstream = connect(Number(port), hostname)
    upstream.on('error', () => socket.destroy())
    socket.on('close', () => upstream.destroy())
    upstream.on('close', () => socket.destroy())
    socket.pipe(upstream).pipe(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const cut = (): void => {
    for (const socket of sockets) socket.resetAndDestroy()
  }
  return Object.assign(wire, {
    server: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut,
    close: async () => {
      cut()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  })
}
