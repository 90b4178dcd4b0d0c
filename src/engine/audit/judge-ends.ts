import { CHAIN_START, isSigned, type ChainEnd, type ChainPlace, type KeyedHash } from './chain.js'
import type { ChainFinding } from './judge-links.js'

export interface ChainEnds {
  readonly newest: ChainEnd | undefined
  /** The last link that was let go because its event was old; absent while none was. */
  readonly base: ChainEnd | undefined
}

/** What is wrong with the signatures of the ends. */
export function judgeSignatures({ newest, base }: ChainEnds, hash: KeyedHash): readonly ChainFinding[] {
  const ends = [
    ['newest', newest],
    ['base', base],
  ] as const
  return ends.flatMap(([name, end]) =>
    end === undefined || isSigned(name, end, hash) ? [] : [forged(name, end)],
  )
}

/** `last` is the last link that is there. */
export function judgeTail({ newest, base }: ChainEnds, last: ChainPlace): readonly ChainFinding[] {
  const end = newest ?? base ?? CHAIN_START
  if (last.position < end.position) return [cut(last.position, end.position)]
  if (last.position > end.position) {
    const position = end.position + 1
    const message = `The links from position ${position} on were inserted: the signed end of the chain is ${end.position}.`
    return [{ fault: 'inserted', position, message }]
  }
  if (last.hash === end.hash || last.position === 0) return []
  const message = `The last link, at position ${last.position}, is not the one that was signed.`
  return [{ fault: 'changed', position: last.position, message }]
}

/** An anchor is an end that was kept elsewhere: it shows a chain that was cut or made anew as a whole, with its ends. */
export function judgeAnchor(
  anchor: ChainPlace,
  ends: ChainEnds,
  stored: ChainPlace | undefined,
): readonly ChainFinding[] {
  const newest = ends.newest?.position ?? 0
  const base = ends.base?.position ?? 0
  // Events so old are gone as agreed, and the anchor with them.
  if (anchor.position < base) return []
  if (anchor.position > newest) return [cut(newest, anchor.position)]
  const there = anchor.position === base ? ends.base : stored
  if (there?.hash === anchor.hash) return []
  const message = `The link at position ${anchor.position} is not the one of the anchor: the chain was made anew.`
  return [{ fault: 'changed', position: anchor.position, message }]
}

function cut(last: number, signed: number): ChainFinding {
  const message = `The newest events, positions ${last + 1} to ${signed}, were removed with their links.`
  return { fault: 'cut', position: last + 1, message }
}

function forged(name: string, { position }: ChainEnd): ChainFinding {
  const which = name === 'newest' ? 'The newest end' : 'The beginning'
  const message = `${which} of the chain, position ${position}, has a signature that this installation did not make.`
  return { fault: 'forged', position, message }
}
