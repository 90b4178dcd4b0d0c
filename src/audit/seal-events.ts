import { AppError } from '../base/app-error.js'
import {
  CHAIN_START,
  isSigned,
  linksAfter,
  signedEnd,
  type ChainEnd,
  type ChainedEvent,
  type KeyedHash,
} from '../engine/audit/chain.js'
import type { AuditChain, FoundEnds } from '../store/audit-chain.js'

export interface SealEventsDeps {
  readonly chain: AuditChain
  readonly hash: KeyedHash
  /** Events per statement, default 1,000. */
  readonly batch?: number
}

export interface Sealed {
  readonly sealed: number
  /** More are waiting. */
  readonly more: boolean
  readonly end: ChainEnd | undefined
}

const BATCH = 1_000

/**
 * Adds links for committed events. Any number of processes may try: one of them moves the end, the others find it moved
 * and come again. Nothing is kept between two runs but a hint where to look, so it goes on after any crash.
 */
export class SealEvents {
  readonly #deps: SealEventsDeps
  /** Every event up to this id has its link. */
  #complete = 0n
  readonly #ahead = new Set<bigint>()

  constructor(deps: SealEventsDeps) {
    this.#deps = deps
  }

  /** Throws CONFLICT when the end of the chain is not the one that was signed: then nothing is added. */
  async run(): Promise<Sealed> {
    const { chain, hash, batch = BATCH } = this.#deps
    const ends = await chain.ends()
    const { newest } = ends
    if (newest !== undefined && !isSigned('newest', newest, hash)) throw forgedEnd(newest)
    const settled = BigInt(newest?.settled ?? 0)
    if (settled > this.#complete) this.#advance(settled)
    const events = await chain.unsealed(String(this.#complete), batch)
    if (events.length === 0) return { sealed: 0, more: false, end: newest }
    return this.#seal(events, ends, events.length === batch)
  }

  async #seal(events: readonly ChainedEvent[], ends: FoundEnds, more: boolean): Promise<Sealed> {
    const { chain, hash } = this.#deps
    const from = ends.newest ?? CHAIN_START
    const links = linksAfter(from, events, hash)
    const { position, hash: last } = links.at(-1) ?? from
    const settled = settledBy(ends, more ? events.at(-1)?.id : undefined)
    const end = signedEnd('newest', { position, hash: last, settled }, hash)
    const isOurs = await chain.grow({ links, newest: end, from: from.position })
    if (!isOurs) return { sealed: 0, more: true, end: ends.newest }
    this.#note(events.map(({ id }) => BigInt(id)))
    return { sealed: links.length, more, end }
  }

  /** Ids come in order, but not all are committed in order: what lies behind a hole is remembered until it closes. */
  #note(ids: readonly bigint[]): void {
    for (const id of ids) this.#ahead.add(id)
    this.#advance(this.#complete)
  }

  #advance(to: bigint): void {
    this.#complete = to
    while (this.#ahead.delete(this.#complete + 1n)) this.#complete += 1n
    for (const id of this.#ahead) if (id <= this.#complete) this.#ahead.delete(id)
  }
}

/** What lies as far back as nobody commits any more, and has its link now. */
function settledBy({ newest, quiet }: FoundEnds, upTo: string | undefined): string {
  const former = BigInt(newest?.settled ?? 0)
  const old = BigInt(quiet ?? 0)
  const linked = upTo !== undefined && BigInt(upTo) < old ? BigInt(upTo) : old
  return String(linked > former ? linked : former)
}

function forgedEnd({ position }: ChainEnd): AppError {
  return new AppError(
    'CONFLICT',
    `Cannot chain audit events: the end of the chain at position ${position} was not signed by this installation. ` +
      'Somebody changed the database, or the keys in state.dir are not those of it. See "lockstep audit verify".',
  )
}
