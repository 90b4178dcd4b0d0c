import { describe, expect, it, vi } from 'vitest'
import { silentLogger } from '../base/logger.js'
import { MemoryBus } from '../events/memory/memory-bus.js'
import { anApplication, aRecord } from '../store/contract-fixtures.js'
import { openMemoryStores } from '../store/memory/open-memory-stores.js'
import { ApplicationChanges } from './application-changes.js'
import { StalenessWatch } from './staleness-watch.js'

/** A bus that says when it missed events, as one between processes does. */
class BrokenBus extends MemoryBus {
  readonly #missed = new Set<() => void>()

  override onMissed(listener: () => void): () => void {
    this.#missed.add(listener)
    return () => this.#missed.delete(listener)
  }

  break(): void {
    for (const listener of this.#missed) listener()
  }
}

describe('ApplicationChanges', () => {
  it('tells what an event names, and everything when events were missed, until it ends', async () => {
    const stores = openMemoryStores()
    const applications = [anApplication(), anApplication()]
    for (const application of applications) await stores.applications.create(application, aRecord('create'))
    const bus = new BrokenBus(silentLogger)
    const staleness = new StalenessWatch(stores.applicationList, silentLogger)
    const changes = new ApplicationChanges({ eventBus: bus, staleness, clock: { monotonic: () => 0 } })
    const told: string[][] = []
    const end = changes.subscribe(({ applicationIds }) => told.push([...applicationIds].sort()))
    await bus.publish({ topic: 'application', applicationIds: ['a'], sequence: 1 })
    expect(told).toEqual([['a']])
    bus.break()
    await vi.waitFor(() => expect(told[1]).toEqual(applications.map(({ id }) => id).sort()))
    end()
    bus.break()
    await bus.publish({ topic: 'application', applicationIds: ['b'], sequence: 2 })
    expect(told).toHaveLength(2)
  })
})
