import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  CHAIN_START,
  isSigned,
  linksAfter,
  signedEnd,
  type ChainEnd,
  type ChainedEvent,
  type LinkedEvent,
} from './chain.js'
import { judgeAnchor, judgeSignatures, judgeTail } from './judge-ends.js'
import { judgeLinks } from './judge-links.js'

const hash = (text: string): string => createHmac('sha256', 'key').update(text).digest('hex')

const anEvent = fc.record({
  at: fc.constantFrom('2026-01-02T03:04:05.678Z', '2026-01-02T03:04:05.679Z'),
  actor: fc.string(),
  action: fc.string(),
  object: fc.string(),
  outcome: fc.constantFrom('ACCEPTED', 'DENIED'),
  project: fc.option(fc.string(), { nil: undefined }),
  source: fc.option(fc.string(), { nil: undefined }),
  details: fc.option(fc.json(), { nil: undefined }),
})

const someLinks = fc.array(anEvent, { minLength: 2, maxLength: 12 }).map((events): LinkedEvent[] => {
  const numbered = events.map((event, index): ChainedEvent => ({ ...event, id: String(index + 10) }))
  return linksAfter(CHAIN_START, numbered, hash).map((link, index) => ({ ...link, event: numbered[index] }))
})

const anyPlace = fc.nat()

function faultsOf(links: readonly LinkedEvent[], end: ChainEnd) {
  const { findings, place } = judgeLinks(CHAIN_START, links, hash)
  const ends = { newest: end, base: undefined }
  return [...judgeSignatures(ends, hash), ...findings, ...judgeTail(ends, place)]
}

function endOf(links: readonly LinkedEvent[]): ChainEnd {
  const last = links.at(-1) ?? CHAIN_START
  return signedEnd('newest', { position: last.position, hash: last.hash, settled: '99' }, hash)
}

describe('judgeLinks()', () => {
  it('finds nothing in a chain as it was made, whole or in slices', () => {
    fc.assert(
      fc.property(someLinks, anyPlace, (links, cut) => {
        expect(faultsOf(links, endOf(links))).toEqual([])
        const at = cut % links.length
        const first = judgeLinks(CHAIN_START, links.slice(0, at), hash)
        const second = judgeLinks(first.place, links.slice(at), hash)
        expect([...first.findings, ...second.findings]).toEqual([])
      }),
    )
  })

  it('names the one event of which anything was changed', () => {
    const fields = ['at', 'actor', 'action', 'object', 'objectId', 'project', 'outcome'] as const
    const others = ['operation', 'source', 'credential', 'details'] as const
    fc.assert(
      fc.property(someLinks, anyPlace, fc.constantFrom(...fields, ...others), (links, nth, field) => {
        const at = nth % links.length
        const changed = links.map((link, index) =>
          index !== at || link.event === undefined
            ? link
            : { ...link, event: { ...link.event, [field]: `${link.event[field] ?? ''}x` } },
        )
        const found = faultsOf(changed, endOf(links))
        expect(found.map(({ fault, eventId }) => [fault, eventId])).toEqual([['changed', links[at]?.eventId]])
      }),
    )
  })

  it('names the one link whose hash was changed', () => {
    fc.assert(
      fc.property(someLinks, anyPlace, (links, nth) => {
        const at = nth % (links.length - 1)
        const changed = links.map((link, index) => (index === at ? { ...link, hash: hash('other') } : link))
        expect(faultsOf(changed, endOf(links)).map(({ eventId }) => eventId)).toEqual([links[at]?.eventId])
      }),
    )
  })

  it('names an event that was removed, with its link or without', () => {
    fc.assert(
      fc.property(someLinks, anyPlace, fc.boolean(), (links, nth, withLink) => {
        const at = nth % (links.length - 1)
        const less = links.flatMap((link, index) =>
          index !== at ? [link] : withLink ? [] : [{ ...link, event: undefined }],
        )
        const found = faultsOf(less, endOf(links))
        expect(found.map(({ fault, position }) => [fault, position])).toEqual([['removed', at + 1]])
      }),
    )
  })

  it('sees two events that were swapped, and links that were numbered anew', () => {
    fc.assert(
      fc.property(someLinks, anyPlace, (links, nth) => {
        const at = nth % (links.length - 1)
        const swapped = links.map((link, index) => {
          if (index === at) return { ...link, event: links[at + 1]?.event }
          return index === at + 1 ? { ...link, event: links[at]?.event } : link
        })
        expect(faultsOf(swapped, endOf(links)).length).toBeGreaterThan(0)
        const anew = links
          .filter((_, index) => index !== at)
          .map((link, index) => ({ ...link, position: index + 1 }))
        expect(faultsOf(anew, endOf(links)).length).toBeGreaterThan(0)
      }),
    )
  })

  it('sees a tail that was cut off, also when the end was moved back', () => {
    fc.assert(
      fc.property(someLinks, anyPlace, (links, nth) => {
        const kept = links.slice(0, nth % links.length)
        expect(faultsOf(kept, endOf(links)).map(({ fault }) => fault)).toContain('cut')
        const moved = { ...endOf(kept), signature: endOf(links).signature }
        expect(faultsOf(kept, moved).map(({ fault }) => fault)).toContain('forged')
        // An end that was signed once and is put back: only who kept a newer one elsewhere can tell.
        const ends = { newest: endOf(kept), base: undefined }
        expect(faultsOf(kept, ends.newest)).toEqual([])
        expect(judgeAnchor(endOf(links), ends, undefined).map(({ fault }) => fault)).toEqual(['cut'])
      }),
    )
  })

  it('sees a link behind the signed end, and a chain that was made anew behind an anchor', () => {
    fc.assert(
      fc.property(someLinks, someLinks, (links, others) => {
        expect(faultsOf(links, endOf(links.slice(0, -1))).map(({ fault }) => fault)).toEqual(['inserted'])
        const anchor = { position: 1, hash: hash('what it was') }
        const ends = { newest: endOf(others), base: undefined }
        expect(judgeAnchor(anchor, ends, others[0]).map(({ fault }) => fault)).toEqual(['changed'])
        expect(judgeAnchor(others[0] ?? CHAIN_START, ends, others[0])).toEqual([])
      }),
    )
  })

  it('does not take one kind of end for the other', () => {
    const end = signedEnd('newest', { position: 1, hash: 'h', settled: '1' }, hash)
    expect([isSigned('newest', end, hash), isSigned('base', end, hash)]).toEqual([true, false])
  })
})
