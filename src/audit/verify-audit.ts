import { CHAIN_START, type ChainPlace, type KeyedHash } from '../engine/audit/chain.js'
import { judgeAnchor, judgeSignatures, judgeTail } from '../engine/audit/judge-ends.js'
import { judgeLinks, type ChainFinding } from '../engine/audit/judge-links.js'
import type { AuditChain, FoundEnds } from '../store/audit-chain.js'
import { AuditProof, type ProofReport, type ProofWish } from './audit-proof.js'

const PAGE = 2_000
/** Pages of one call: a client comes again for the rest, so no call takes long. */
const MOST_PAGES = 50
const MOST_FINDINGS = 100

/** Recomputes the chain in this process, which holds the installation key. */
export class VerifyAudit extends AuditProof {
  readonly #chain: AuditChain
  readonly #hash: KeyedHash

  constructor(chain: AuditChain, hash: KeyedHash) {
    super()
    this.#chain = chain
    this.#hash = hash
  }

  override async prove({ after, anchor }: ProofWish): Promise<ProofReport> {
    const ends = await this.#chain.ends()
    const start = await this.#start(ends, after)
    const { findings, place, isEnd } = await this.#walk(start)
    const atEnd = isEnd ? await this.#judgeEnd(place, anchor) : { findings: [], ends }
    const all = [...judgeSignatures(ends, this.#hash), ...findings, ...atEnd.findings]
    const { newest, base } = atEnd.ends
    return {
      checked: place.position - start.position,
      findings: all.slice(0, MOST_FINDINGS),
      ...(isEnd ? {} : { next: place.position }),
      ...(newest && { end: { position: newest.position, hash: newest.hash } }),
      base: base?.position ?? 0,
    }
  }

  /** A call that goes on trusts the link that the call before has proven. */
  async #start(ends: FoundEnds, after: number | undefined): Promise<ChainPlace> {
    const base = ends.base ?? CHAIN_START
    if (after === undefined || after <= base.position) return { position: base.position, hash: base.hash }
    return (await this.#linkAt(after)) ?? { position: after, hash: '' }
  }

  async #walk(start: ChainPlace) {
    const findings: ChainFinding[] = []
    let place = start
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const links = await this.#chain.links(place.position, PAGE)
      const judged = judgeLinks(place, links, this.#hash)
      findings.push(...judged.findings)
      place = judged.place
      if (links.length < PAGE) return { findings, place, isEnd: true }
    }
    return { findings, place, isEnd: false }
  }

  /** The sealer goes on meanwhile: the end is read first, then the links up to it that are new are walked, too. */
  async #judgeEnd(reached: ChainPlace, anchor: ChainPlace | undefined) {
    const ends = await this.#chain.ends()
    const { place, findings } = await this.#walk(reached)
    const end = ends.newest?.position ?? 0
    const isGrown = reached.position <= end && place.position > end
    const last = isGrown ? ((await this.#linkAt(end)) ?? place) : place
    const anchored =
      anchor === undefined ? [] : judgeAnchor(anchor, ends, await this.#linkAt(anchor.position))
    const strays = await this.#chain.strays(MOST_FINDINGS)
    return { ends, findings: [...findings, ...judgeTail(ends, last), ...anchored, ...strays.map(inserted)] }
  }

  async #linkAt(position: number): Promise<ChainPlace | undefined> {
    const [link] = await this.#chain.links(position - 1, 1)
    return link?.position === position ? link : undefined
  }
}

function inserted(eventId: string): ChainFinding {
  const message = `Event ${eventId} was inserted afterwards: it has no link although events of its time are sealed.`
  return { fault: 'inserted', eventId, message }
}
