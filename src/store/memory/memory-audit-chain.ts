import type { ChainEnd, ChainEndName, ChainedEvent, LinkedEvent } from '../../engine/audit/chain.js'
import { AuditChain, type ChainGrowth, type FoundEnds } from '../audit-chain.js'
import type { AuditEvent } from '../records.js'
import type { Ledger } from './ledger.js'

export class MemoryAuditChain extends AuditChain {
  readonly #ledger: Ledger
  readonly #ends = new Map<ChainEndName, ChainEnd>()
  #links: Omit<LinkedEvent, 'event'>[] = []

  constructor(ledger: Ledger) {
    super()
    this.#ledger = ledger
  }

  /** Here every event is committed at once. */
  override async ends(): Promise<FoundEnds> {
    const quiet = this.#ledger.events.at(-1)?.id
    return { newest: this.#ends.get('newest'), base: this.#ends.get('base'), quiet }
  }

  override async unsealed(afterId: string, limit: number): Promise<readonly ChainedEvent[]> {
    return this.#unlinked()
      .filter(({ id }) => Number(id) > Number(afterId))
      .slice(0, limit)
      .map(chained)
  }

  override async grow({ links, newest, from }: ChainGrowth): Promise<boolean> {
    if ((this.#ends.get('newest')?.position ?? 0) !== from) return false
    this.#ends.set('newest', newest)
    this.#links.push(...links)
    return true
  }

  override async links(afterPosition: number, limit: number): Promise<readonly LinkedEvent[]> {
    return this.#links
      .filter(({ position }) => position > afterPosition)
      .slice(0, limit)
      .map((link) => this.#linked(link))
  }

  override async strays(limit: number): Promise<readonly string[]> {
    const settled = Number(this.#ends.get('newest')?.settled ?? 0)
    return this.#unlinked()
      .filter(({ id }) => Number(id) <= settled)
      .slice(0, limit)
      .map(({ id }) => id)
  }

  override async lastOlderThan(days: number, limit: number): Promise<LinkedEvent | undefined> {
    const oldest = this.#links.slice(0, limit).map((link) => this.#linked(link))
    const before = new Date(Date.now() - days * 86_400_000).toISOString()
    const kept = oldest.findIndex(({ event }) => event === undefined || event.at >= before)
    return kept < 0 ? oldest.at(-1) : oldest[kept - 1]
  }

  override async shorten(base: ChainEnd, from: number): Promise<number> {
    if ((this.#ends.get('base')?.position ?? 0) !== from) return 0
    this.#ends.set('base', base)
    const gone = new Set(
      this.#links.filter(({ position }) => position <= base.position).map(({ eventId }) => eventId),
    )
    this.#links = this.#links.filter(({ position }) => position > base.position)
    const { events } = this.#ledger
    events.splice(0, events.length, ...events.filter(({ id }) => !gone.has(id)))
    return gone.size
  }

  #unlinked(): readonly AuditEvent[] {
    const linked = new Set(this.#links.map(({ eventId }) => eventId))
    return this.#ledger.events.filter(({ id }) => !linked.has(id))
  }

  #linked(link: Omit<LinkedEvent, 'event'>): LinkedEvent {
    const event = this.#ledger.events.find(({ id }) => id === link.eventId)
    return { ...link, event: event && chained(event) }
  }
}

function chained({ details, ...event }: AuditEvent): ChainedEvent {
  return { ...event, ...(details && { details: JSON.stringify(details) }) }
}
