/** Keyed hash (HMAC), hex: nobody without the key can make a link that fits. */
export type KeyedHash = (text: string) => string

/** An event as it was stored, every field that counts. */
export interface ChainedEvent {
  readonly id: string
  readonly at: string
  readonly actor: string
  readonly action: string
  readonly object: string
  readonly objectId?: string | undefined
  readonly project?: string | undefined
  readonly outcome: string
  readonly operation?: string | undefined
  readonly source?: string | undefined
  readonly credential?: string | undefined
  /** JSON in the form in which the database gives it. */
  readonly details?: string | undefined
}

/** A place in the chain: how many links there were, and the hash of the last one. */
export interface ChainPlace {
  readonly position: number
  readonly hash: string
}

export const CHAIN_START: ChainPlace = { position: 0, hash: '' }

export interface ChainLink extends ChainPlace {
  readonly eventId: string
}

/** A link beside the event that it names, when that is there. */
export interface LinkedEvent extends ChainLink {
  readonly event: ChainedEvent | undefined
}

/** One end of the chain, signed, so that it cannot be moved unnoticed. */
export interface ChainEnd extends ChainPlace {
  /** Every event up to this id has its link, or will never be there. */
  readonly settled: string
  readonly signature: string
}

export type ChainEndName = 'newest' | 'base'

/** The link of an event behind a place. */
export function linkAfter(before: ChainPlace, event: ChainedEvent, hash: KeyedHash): ChainLink {
  const position = before.position + 1
  return { position, eventId: event.id, hash: hash(linkText(before.hash, position, event)) }
}

/** The links of events in this order. */
export function linksAfter(
  before: ChainPlace,
  events: readonly ChainedEvent[],
  hash: KeyedHash,
): readonly ChainLink[] {
  let place = before
  return events.map((event) => {
    const link = linkAfter(place, event, hash)
    place = link
    return link
  })
}

export function signedEnd(name: ChainEndName, end: Omit<ChainEnd, 'signature'>, hash: KeyedHash): ChainEnd {
  return { ...end, signature: hash(endText(name, end)) }
}

export function isSigned(name: ChainEndName, end: ChainEnd, hash: KeyedHash): boolean {
  return end.signature === hash(endText(name, end))
}

/** JSON keeps the fields apart: no two different events have one text. */
function linkText(before: string, position: number, event: ChainedEvent): string {
  const { id, at, actor, action, object, outcome } = event
  const { objectId, project, operation, source, credential, details } = event
  const optional = [objectId, project, operation, source, credential, details].map((value) => value ?? null)
  return JSON.stringify(['audit-link', before, position, id, at, actor, action, object, outcome, ...optional])
}

function endText(name: ChainEndName, { position, hash, settled }: Omit<ChainEnd, 'signature'>): string {
  return JSON.stringify(['audit-end', name, position, hash, settled])
}
