import { createHash } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { CHAIN_START, linksAfter, signedEnd, type ChainPlace } from '../engine/audit/chain.js'
import type { AuditChain } from './audit-chain.js'
import { aRecord, unique } from './contract-fixtures.js'
import type { Stores } from './stores.js'

const hash = (text: string): string => createHash('sha256').update(text).digest('hex')
const MOST = 100_000

/** The chain of audit events, whatever the technology. */
export function auditChainContract(technology: string, open: () => Promise<Stores>): void {
  describe(`AuditChain (${technology})`, () => {
    let stores: Stores
    let chain: AuditChain

    beforeAll(async () => {
      stores = await open()
      chain = stores.auditChain
    })

    const append = async (action: string): Promise<void> => stores.audit.append(aRecord(action))

    async function growth(settled = '0') {
      const { newest } = await chain.ends()
      const from: ChainPlace = newest ?? CHAIN_START
      const links = linksAfter(from, await chain.unsealed('0', MOST), hash)
      const last = links.at(-1) ?? from
      const end = signedEnd('newest', { position: last.position, hash: last.hash, settled }, hash)
      return { links, newest: end, from: from.position }
    }

    it('grow() links each event once, and answers the links with their events', async () => {
      const action = unique('first')
      await append(action)
      await append(unique('second'))
      const grown = await growth()
      expect(await chain.grow(grown)).toBe(true)
      expect(await chain.unsealed('0', MOST)).toEqual([])
      const links = await chain.links(grown.from, MOST)
      expect(links.map(({ event, ...link }) => [link, event?.id === link.eventId])).toEqual(
        grown.links.map((link) => [link, true]),
      )
      expect(links.at(-2)?.event).toMatchObject({ action, actor: 'alice', outcome: 'ACCEPTED' })
      expect((await chain.ends()).newest).toEqual(grown.newest)
    })

    it('grow() by whoever comes second adds nothing', async () => {
      await append(unique('raced'))
      const [first, second] = [await growth(), await growth()]
      expect(await chain.grow(first)).toBe(true)
      expect(await chain.grow(second)).toBe(false)
      expect((await chain.links(first.from, MOST)).length).toBe(first.links.length)
    })

    it('strays() names events that were settled without a link', async () => {
      await append(unique('linked'))
      await chain.grow(await growth())
      await append(unique('stray'))
      const [stray] = await chain.unsealed('0', 1)
      const { newest } = await chain.ends()
      if (newest === undefined || stray === undefined) throw new Error('the chain is empty')
      const settled = signedEnd('newest', { ...newest, settled: stray.id }, hash)
      await chain.grow({ links: [], newest: settled, from: newest.position })
      expect(await chain.strays(10)).toEqual([stray.id])
      await chain.grow(await growth(stray.id))
      expect(await chain.strays(10)).toEqual([])
    })

    it('shorten() lets go of the oldest links with their events, once', async () => {
      await append(unique('old'))
      await chain.grow(await growth())
      expect(await chain.lastOlderThan(1, 10)).toBeUndefined()
      const oldest = await chain.lastOlderThan(-1, 1)
      if (oldest === undefined) throw new Error('nothing is old')
      const { position, eventId } = oldest
      const base = signedEnd('base', { position, hash: oldest.hash, settled: eventId }, hash)
      const from = (await chain.ends()).base?.position ?? 0
      expect(await chain.shorten(base, from)).toBe(1)
      expect(await chain.shorten(base, from)).toBe(0)
      expect((await chain.ends()).base).toEqual(base)
      expect((await chain.links(0, 1))[0]?.position).toBe(position + 1)
      expect((await stores.audit.list(MOST)).some(({ id }) => id === eventId)).toBe(false)
    })
  })
}
