import { linkAfter, type ChainPlace, type KeyedHash, type LinkedEvent } from './chain.js'

export type ChainFault = 'changed' | 'removed' | 'inserted' | 'cut' | 'forged'

/** What is wrong with the chain, as a sentence, and where. */
export interface ChainFinding {
  readonly fault: ChainFault
  readonly position?: number
  readonly eventId?: string
  readonly message: string
}

export interface JudgedLinks {
  readonly findings: readonly ChainFinding[]
  /** Where the next links go on. */
  readonly place: ChainPlace
}

interface Walk {
  place: ChainPlace
  /** What the hash of the last link should have been, when it is another one: then that link was changed, not its successor. */
  expected: string | undefined
  readonly findings: ChainFinding[]
}

/**
 * Judges links in order, each by the one before it. A fault is told at its own row: what follows is judged by what is
 * stored, so one changed row does not accuse all later ones.
 */
export function judgeLinks(before: ChainPlace, links: readonly LinkedEvent[], hash: KeyedHash): JudgedLinks {
  const walk: Walk = { place: before, expected: undefined, findings: [] }
  for (const link of links) judgeLink(walk, link, hash)
  return { findings: walk.findings, place: walk.place }
}

function judgeLink(walk: Walk, link: LinkedEvent, hash: KeyedHash): void {
  const { place, expected, findings } = walk
  const missing = link.position - place.position - 1
  walk.place = { position: link.position, hash: link.hash }
  walk.expected = undefined
  if (missing > 0) findings.push(goneLinks(place.position + 1, link.position - 1))
  if (link.event === undefined) findings.push(goneEvent(link))
  // Behind a gap nobody knows what the link was made of.
  if (missing > 0 || link.event === undefined) return
  const { event } = link
  const fitting = linkAfter(place, event, hash).hash
  if (fitting === link.hash) return
  if (expected !== undefined) {
    const behindExpected = { position: place.position, hash: expected }
    if (linkAfter(behindExpected, event, hash).hash === link.hash) return
  }
  walk.expected = fitting
  findings.push(changedEvent(link))
}

function goneLinks(from: number, to: number): ChainFinding {
  const which = from === to ? `The event at position ${from}` : `The events at positions ${from} to ${to}`
  const message = `${which} of the chain ${from === to ? 'was' : 'were'} removed, with ${from === to ? 'its link' : 'their links'}.`
  return { fault: 'removed', position: from, message }
}

function goneEvent({ position, eventId }: LinkedEvent): ChainFinding {
  const message = `Event ${eventId} at position ${position} was removed.`
  return { fault: 'removed', position, eventId, message }
}

function changedEvent({ position, eventId }: LinkedEvent): ChainFinding {
  const message = `Event ${eventId} at position ${position} is not what was written: it, or its link, was changed.`
  return { fault: 'changed', position, eventId, message }
}
