import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { openMemoryStores } from '../store/memory/open-memory-stores.js'
import type { ChainFinding } from '../engine/audit/judge-links.js'
import { ExpireEvents } from './expire-events.js'
import { SealEvents } from './seal-events.js'
import { VerifyAudit } from './verify-audit.js'

const hash = (text: string): string => createHmac('sha256', 'installation').update(text).digest('hex')

function aTrail() {
  const stores = openMemoryStores()
  const { auditChain: chain, audit } = stores
  const append = async (...actions: readonly string[]): Promise<void> => {
    for (const action of actions) {
      await audit.append({ audit: { actor: 'ann', action, object: 'thing' }, doorbells: [] })
    }
  }
  return {
    chain,
    audit,
    append,
    seal: new SealEvents({ chain, hash, batch: 2 }),
    verify: new VerifyAudit(chain, hash),
  }
}

async function sealAll(seal: SealEvents): Promise<number> {
  let total = 0
  for (;;) {
    const { sealed, more } = await seal.run()
    total += sealed
    if (!more) return total
  }
}

const faults = ({ findings }: { readonly findings: readonly ChainFinding[] }) =>
  findings.map(({ fault, position }) => [fault, position])

describe('SealEvents', () => {
  it('chains each event once, in batches, also after a restart and beside another process', async () => {
    const { append, seal, chain, verify } = aTrail()
    await append('one', 'two', 'three', 'four', 'five')
    expect(await sealAll(seal)).toBe(5)
    await append('six')
    const other = new SealEvents({ chain, hash })
    const [mine, theirs] = await Promise.all([seal.run(), other.run()])
    expect(mine.sealed + theirs.sealed).toBe(1)
    expect(await sealAll(new SealEvents({ chain, hash }))).toBe(0)
    expect(await verify.prove({})).toMatchObject({ checked: 6, findings: [], base: 0, end: { position: 6 } })
  })

  it('adds nothing behind an end that it did not sign', async () => {
    const { append, chain, seal } = aTrail()
    await append('one')
    await new SealEvents({ chain, hash: (text) => hash(`${text} other key`) }).run()
    await append('two')
    await expect(seal.run()).rejects.toMatchObject({ code: 'CONFLICT' })
  })
})

describe('VerifyAudit', () => {
  it('names what another key signed, and compares with an anchor that was kept', async () => {
    const { append, chain, seal, verify } = aTrail()
    await append('one', 'two')
    await sealAll(seal)
    const { end: anchor } = await verify.prove({})
    if (anchor === undefined) throw new Error('the chain has no end')
    await append('three')
    await sealAll(seal)
    expect(faults(await verify.prove({ anchor }))).toEqual([])
    expect(faults(await verify.prove({ anchor: { ...anchor, hash: hash('other') } }))).toEqual([
      ['changed', 2],
    ])
    expect(faults(await verify.prove({ anchor: { ...anchor, position: 9 } }))).toEqual([['cut', 4]])
    const stranger = new VerifyAudit(chain, (text) => hash(`${text} other key`))
    expect(faults(await stranger.prove({}))).toEqual([
      ['forged', 3],
      ['changed', 1],
      ['changed', 2],
      ['changed', 3],
    ])
  })
})

describe('ExpireEvents', () => {
  it('lets go of what is old, and the chain still verifies', async () => {
    const { append, chain, seal, verify, audit } = aTrail()
    await append('one', 'two', 'three')
    await sealAll(seal)
    const { end: anchor } = await verify.prove({})
    expect(await new ExpireEvents({ chain, hash, days: 1 }).run()).toBe(0)
    expect(await new ExpireEvents({ chain, hash, days: -1, batch: 2 }).run()).toBe(3)
    await append('four')
    await sealAll(seal)
    expect((await audit.list(10)).map(({ action }) => action)).toEqual(['four'])
    expect(await verify.prove({ ...(anchor && { anchor }) })).toMatchObject({
      checked: 1,
      findings: [],
      base: 3,
    })
  })
})
