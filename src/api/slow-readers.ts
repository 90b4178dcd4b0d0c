import type { FastifyInstance } from 'fastify'

/** What may wait to be sent on one socket: more than a whole page of changes, or a large tree. */
const MOST_WAITING = 4 * 1024 * 1024
/** Nothing was read for so long although something waits. */
const MOST_SILENT_MS = 15_000
const LOOK_EVERY_MS = 1_000
/** Whoever does not even read why is cut after this time. */
const GOODBYE_MS = 5_000
/** Of WebSockets: try again later. */
const TRY_AGAIN_LATER = 1013

interface Socket {
  readonly bufferedAmount: number
  close(code: number, reason: string): void
  terminate(): void
}

/** What waits for a reader, since when it is not less, and since when it is told to go. */
interface Watched {
  readonly waiting: number
  readonly since: number
  readonly closedAt?: number
}

export interface SlowReaderLimits {
  /** Bytes. */
  readonly mostWaiting: number
  readonly mostSilentMs: number
}

/**
 * Closes connections of subscribers that do not read what they asked for: what waits for them would fill the memory of all.
 * The reason tells them to subscribe again, and with the last sequence they go on where they were. Answers the function that
 * ends it.
 */
export function closeSlowReaders(
  server: FastifyInstance,
  { mostWaiting, mostSilentMs }: SlowReaderLimits = {
    mostWaiting: MOST_WAITING,
    mostSilentMs: MOST_SILENT_MS,
  },
): () => void {
  const { websocketServer } = server as { readonly websocketServer?: { readonly clients: Iterable<Socket> } }
  if (websocketServer === undefined) return () => undefined
  const watched = new WeakMap<Socket, Watched>()
  const look = (socket: Socket, now: number): void => {
    const before = watched.get(socket)
    const seen = seenNow(before, socket.bufferedAmount, now)
    watched.set(socket, seen)
    if (seen.closedAt !== undefined) {
      if (now - seen.closedAt >= GOODBYE_MS) socket.terminate()
      return
    }
    const reason = slowness(seen, { mostWaiting, mostSilentMs, now })
    if (reason === undefined) return
    watched.set(socket, { ...seen, closedAt: now })
    socket.close(TRY_AGAIN_LATER, reason)
  }
  const timer = setInterval(() => {
    for (const socket of [...websocketServer.clients]) look(socket, performance.now())
  }, LOOK_EVERY_MS)
  timer.unref()
  return () => clearInterval(timer)
}

/** Whoever reads makes less wait, be it only for a moment: then the time begins anew. */
function seenNow(before: Watched | undefined, waiting: number, now: number): Watched {
  const isStuck = before !== undefined && before.waiting > 0 && waiting >= before.waiting
  return isStuck ? { ...before, waiting } : { ...before, waiting, since: now }
}

/** At most 123 bytes go into the frame. */
function slowness(
  { waiting, since }: Watched,
  { mostWaiting, mostSilentMs, now }: SlowReaderLimits & { readonly now: number },
): string | undefined {
  const advice = 'Subscribe again; "since" goes on from the last sequence.'
  if (waiting > mostWaiting) return `You read too slowly: too much waits for you. ${advice}`
  if (waiting > 0 && now - since >= mostSilentMs)
    return `You stopped reading for ${Math.round(mostSilentMs / 1000)} s. ${advice}`
  return undefined
}
