import { describe, expect, it } from 'vitest'
import { silentLogger } from '../base/logger.js'
import { openMemoryStores } from '../store/memory/open-memory-stores.js'
import { RecordDenials } from './record-denials.js'

function aRecorder() {
  const { audit } = openMemoryStores()
  let now = 0
  const clock = { now: () => now, monotonic: () => now }
  const denials = new RecordDenials({ audit, clock, logger: silentLogger })
  const denied = (object: string, actor = 'ann', action = 'sync-application'): void =>
    denials.denied({ actor, action, object, reason: 'no policy allows it' })
  const written = async () => {
    await denials.close()
    return (await audit.list(5_000)).toReversed()
  }
  return { denied, written, wait: (ms: number) => (now += ms) }
}

describe('RecordDenials', () => {
  it('writes the first, and once how often it came again', async () => {
    const { denied, written } = aRecorder()
    for (let n = 0; n < 1_000; n += 1) denied('application/argocd/shop')
    expect(await written()).toMatchObject([
      { actor: 'ann', outcome: 'DENIED', details: { reason: 'no policy allows it' } },
      { object: 'application/argocd/shop', details: { repeated: 999 } },
    ])
  })

  it('begins anew after a minute', async () => {
    const { denied, written, wait } = aRecorder()
    denied('a')
    wait(60_001)
    denied('a')
    expect((await written()).map(({ details }) => details?.['repeated'])).toEqual([undefined, undefined])
  })

  it('counts made-up objects together, and actors when they are too many', async () => {
    const { denied, written } = aRecorder()
    for (let n = 0; n < 500; n += 1) denied(`application/argocd/made-up-${n}`)
    for (let n = 0; n < 5_000; n += 1) denied('x', `actor-${n}`)
    const events = await written()
    expect(events.length).toBeLessThan(1_100)
    expect(
      events.find(({ object, details }) => object === '(others)' && details?.['repeated']),
    ).toMatchObject({ actor: 'ann', details: { repeated: 479 } })
    const told = events.reduce((sum, { details }) => sum + Number(details?.['repeated'] ?? 1), 0)
    expect(told).toBe(5_500)
  })
})
