import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { shareKeys, type KeyState, type LiveWorker } from './share-keys.js'

const alive = (...ids: readonly string[]): LiveWorker[] => ids.map((id) => ({ id, draining: false }))
const keys = (...owners: readonly (string | undefined)[]): KeyState[] =>
  owners.map((owner, index) => ({ id: `k${index}`, owner }))

describe('shareKeys()', () => {
  it('alone, takes everything', () => {
    const view = { me: 'a', workers: alive('a'), keys: keys(undefined, undefined) }
    expect(shareKeys(view)).toEqual({ take: ['k0', 'k1'], want: [], giveUp: [] })
  })

  it('takes no more than a fair share of what is free', () => {
    const view = { me: 'a', workers: alive('a', 'b'), keys: keys(undefined, undefined, undefined) }
    expect(shareKeys(view).take).toEqual(['k0', 'k1'])
  })

  it('asks the richest as long as that one has two more', () => {
    const view = { me: 'c', workers: alive('a', 'b', 'c'), keys: keys('a', 'a', 'a', 'a', 'b', 'b') }
    expect(shareKeys(view).want).toEqual(['k0', 'k1'])
    const even = { me: 'c', workers: alive('a', 'c'), keys: keys('a') }
    expect(shareKeys(even).want).toEqual([])
  })

  it('gives up what another live worker asked for, and nothing else', () => {
    const mine: readonly KeyState[] = [
      { id: 'asked', owner: 'a', wantedBy: 'b' },
      { id: 'asked-by-the-dead', owner: 'a', wantedBy: 'gone' },
      { id: 'kept', owner: 'a' },
    ]
    expect(shareKeys({ me: 'a', workers: alive('a', 'b'), keys: mine }).giveUp).toEqual(['asked'])
  })

  it('leaving, waits for somebody who asks; alone, gives everything back', () => {
    const a = { id: 'a', draining: true }
    const mine: readonly KeyState[] = [
      { id: 'asked', owner: 'a', wantedBy: 'b' },
      { id: 'not-asked', owner: 'a' },
      { id: 'free' },
    ]
    const decision = shareKeys({ me: 'a', workers: [a, ...alive('b')], keys: mine })
    expect(decision).toEqual({ take: [], want: [], giveUp: ['asked'] })
    expect(shareKeys({ me: 'a', workers: [a], keys: mine }).giveUp).toEqual(['asked', 'not-asked'])
  })

  it('leaves what was given back for another to that one, for a while', () => {
    const [b] = [{ id: 'k', wantedBy: 'b' }]
    const view = { me: 'a', workers: alive('a', 'b') }
    expect(shareKeys({ ...view, keys: [b] }).take).toEqual([])
    expect(shareKeys({ ...view, me: 'b', keys: [b] }).take).toEqual(['k'])
    expect(shareKeys({ ...view, keys: [{ ...b, reservationOver: true }] }).take).toEqual(['k'])
  })
})

interface World {
  readonly workers: LiveWorker[]
  readonly keys: Map<string, { owner?: string | undefined; wantedBy?: string | undefined }>
}

/** One worker acts; the leases arbitrate. Answers the keys that were left without an owner by this step. */
function act(world: World, me: string): void {
  const view = [...world.keys].map(([id, state]) => ({ id, ...state }))
  const decision = shareKeys({ me, workers: world.workers, keys: view })
  for (const id of decision.take) {
    if (world.keys.get(id)?.owner === undefined) world.keys.set(id, { owner: me })
  }
  for (const id of decision.want) world.keys.set(id, { ...world.keys.get(id), wantedBy: me })
  for (const id of decision.giveUp) {
    expect(world.keys.get(id)?.owner).toBe(me)
    world.keys.set(id, { wantedBy: world.keys.get(id)?.wantedBy })
  }
}

function loadsOf(world: World): number[] {
  return world.workers
    .filter(({ draining }) => !draining)
    .map(({ id }) => [...world.keys.values()].filter(({ owner }) => owner === id).length)
}

const worlds = fc
  .record({ count: fc.integer({ min: 1, max: 5 }), keyCount: fc.integer({ min: 0, max: 20 }) })
  .chain(({ count, keyCount }) => {
    const ids = Array.from({ length: count }, (_, index) => `w${index}`)
    return fc.record({
      draining: fc.array(fc.boolean(), { minLength: count, maxLength: count }),
      owners: fc.array(fc.option(fc.constantFrom(...ids), { nil: undefined }), {
        minLength: keyCount,
        maxLength: keyCount,
      }),
      order: fc.infiniteStream(fc.nat({ max: count - 1 })),
      ids: fc.constant(ids),
    })
  })

function built(given: {
  readonly draining: readonly boolean[]
  readonly owners: readonly (string | undefined)[]
  readonly ids: readonly string[]
}): World {
  const workers = given.ids.map((id, index) => ({
    id,
    draining: given.draining[index] === true && index > 0,
  }))
  return { workers, keys: new Map(given.owners.map((owner, index) => [`k${index}`, { owner }])) }
}

describe('shareKeys() of several workers', () => {
  it('ends balanced, with an owner for every key and nothing left at those that leave', () => {
    fc.assert(
      fc.property(worlds, (given) => {
        const world = built(given)
        for (let round = 0; round < 40; round += 1) {
          for (const { id } of world.workers) act(world, id)
        }
        const loads = loadsOf(world)
        expect(loads.reduce((sum, load) => sum + load, 0)).toBe(world.keys.size)
        expect(Math.max(...loads) - Math.min(...loads)).toBeLessThanOrEqual(1)
        const before = JSON.stringify([...world.keys])
        for (const { id } of world.workers) act(world, id)
        expect(JSON.stringify([...world.keys])).toBe(before)
      }),
    )
  })

  it('gives a key up only when somebody live is about to take it, in any order of acting', () => {
    fc.assert(
      fc.property(worlds, (given) => {
        const world = built(given)
        for (let turn = 0; turn < 100; turn += 1) {
          const owned = new Map([...world.keys].filter(([, { owner }]) => owner !== undefined))
          act(world, given.ids[given.order.next().value ?? 0] ?? 'w0')
          for (const [id, state] of world.keys) {
            if (!owned.has(id) || state.owner !== undefined) continue
            const next = world.workers.find((worker) => worker.id === state.wantedBy)
            expect(next?.draining).toBe(false)
          }
        }
      }),
    )
  })
})
