import { once } from 'node:events'
import { type AddressInfo, type Server, type Socket, connect, createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

type Direction = 'toServer' | 'toClient'

export interface LinkFault {
  readonly latencyMs?: number
  readonly bytesPerSecond?: number
  /** Takes everything in this direction and passes nothing on, until it is withdrawn. */
  readonly swallow?: 'both' | Direction
  /** New connections are closed at once. */
  readonly refuse?: boolean
  /** Each connection is reset after so many bytes to the client. */
  readonly cutAfterBytes?: number
}

/** Strikes at the moment when the client sends bytes that contain the text. */
export interface Trap {
  readonly text: string
  /** `before`: the bytes never arrive; `after`: they arrive and the answer is lost. */
  readonly strike: 'before' | 'after'
  readonly whenSprung?: () => void
}

interface Link {
  readonly client: Socket
  readonly server: Socket
  readonly turns: Record<Direction, Promise<void>>
  sent: number
  /** Once caught, nothing passes any more. */
  caught: boolean
}

/** Between any two parts: true until it has a fault. Counts how often each fault was felt. */
export class TcpProxy {
  readonly port: number
  felt = 0
  readonly #server: Server
  readonly #links = new Set<Link>()
  #fault: LinkFault = {}
  #trap: Trap | undefined

  private constructor(server: Server) {
    this.#server = server
    this.port = (server.address() as AddressInfo).port
  }

  static async start(target: { readonly host: string; readonly port: number }): Promise<TcpProxy> {
    const server = createServer({ noDelay: true })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const proxy = new TcpProxy(server)
    server.on('connection', (client: Socket) => proxy.#accept(client, target))
    return proxy
  }

  /** Replaces the fault before; counts from zero. */
  set(fault: LinkFault): void {
    this.#fault = fault
    this.felt = 0
  }

  set trap(trap: Trap | undefined) {
    this.#trap = trap
    this.felt = 0
  }

  clear(): void {
    this.#fault = {}
    this.#trap = undefined
  }

  /** RST to both ends of every connection. */
  cut(): number {
    const links = [...this.#links]
    for (const link of links) this.#drop(link)
    return links.length
  }

  /** Connections of this moment stay open and silent for ever; new ones are true. */
  strand(): number {
    for (const link of this.#links) link.caught = true
    return this.#links.size
  }

  async close(): Promise<void> {
    this.cut()
    this.#server.close()
    await once(this.#server, 'close')
  }

  #accept(client: Socket, target: { readonly host: string; readonly port: number }): void {
    if (this.#fault.refuse === true) {
      this.felt += 1
      client.resetAndDestroy()
      return
    }
    const server = connect({ ...target, noDelay: true })
    const turns = { toServer: Promise.resolve(), toClient: Promise.resolve() }
    const link: Link = { client, server, turns, sent: 0, caught: false }
    this.#links.add(link)
    client.on('data', (chunk: Buffer) => this.#queue(link, 'toServer', chunk))
    server.on('data', (chunk: Buffer) => this.#queue(link, 'toClient', chunk))
    for (const socket of [client, server]) {
      socket.on('error', () => this.#drop(link))
      socket.on('close', () => this.#end(link, socket))
    }
  }

  #queue(link: Link, direction: Direction, chunk: Buffer): void {
    link.turns[direction] = link.turns[direction].then(() => this.#pass(link, direction, chunk))
  }

  async #pass(link: Link, direction: Direction, chunk: Buffer): Promise<void> {
    if (link.caught) return
    if (direction === 'toServer' && this.#springs(link, chunk)) return
    await this.#slow(chunk)
    await this.#swallowed(direction)
    if (this.#cutHere(link, direction, chunk)) return
    const to = direction === 'toServer' ? link.server : link.client
    if (!link.caught && !to.destroyed && !to.write(chunk)) await drained(to)
  }

  async #slow(chunk: Buffer): Promise<void> {
    const { latencyMs = 0, bytesPerSecond = Infinity } = this.#fault
    const ms = latencyMs + (chunk.length / bytesPerSecond) * 1000
    if (ms === 0) return
    this.felt += 1
    await sleep(ms)
  }

  #springs(link: Link, chunk: Buffer): boolean {
    const trap = this.#trap
    if (trap === undefined || !chunk.includes(trap.text)) return false
    this.#trap = undefined
    this.felt += 1
    link.caught = true
    if (trap.strike === 'after') link.server.write(chunk)
    // Time for the server to act on it.
    setTimeout(() => this.#drop(link), trap.strike === 'after' ? 300 : 0)
    setTimeout(() => trap.whenSprung?.(), trap.strike === 'after' ? 100 : 0)
    return true
  }

  async #swallowed(direction: Direction): Promise<void> {
    const isSwallowing = (): boolean => this.#fault.swallow === 'both' || this.#fault.swallow === direction
    if (isSwallowing()) this.felt += 1
    while (isSwallowing()) await sleep(20)
  }

  #cutHere(link: Link, direction: Direction, chunk: Buffer): boolean {
    const { cutAfterBytes } = this.#fault
    if (direction === 'toServer' || cutAfterBytes === undefined) return false
    link.sent += chunk.length
    if (link.sent < cutAfterBytes) return false
    this.felt += 1
    link.client.write(chunk.subarray(0, Math.max(0, chunk.length - (link.sent - cutAfterBytes))))
    setTimeout(() => this.#drop(link), 5)
    link.caught = true
    return true
  }

  #drop(link: Link): void {
    this.#links.delete(link)
    for (const socket of [link.client, link.server]) if (!socket.destroyed) socket.resetAndDestroy()
  }

  /** What was sent before the end arrives before it. */
  #end(link: Link, closed: Socket): void {
    const other = closed === link.client ? link.server : link.client
    const direction = closed === link.client ? 'toServer' : 'toClient'
    void this.#endAfter(link.turns[direction], link, other)
  }

  async #endAfter(turn: Promise<void>, link: Link, other: Socket): Promise<void> {
    await turn
    this.#links.delete(link)
    other.end()
  }
}

async function drained(socket: Socket): Promise<void> {
  await Promise.race([once(socket, 'drain'), once(socket, 'close')]).catch(() => undefined)
}
