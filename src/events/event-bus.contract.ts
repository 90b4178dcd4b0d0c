import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { BusEvent, EventBus } from './event-bus.js'

/** One bus that no other test uses. */
export interface BusInUse {
  /** A further process; resolves once it hears. */
  join(): Promise<EventBus>
  end(): Promise<void>
}

const heardWithin = { timeout: 15_000, interval: 10 }
/** Long enough that an event that is on its way would have come. */
const QUIET_MS = 300

const changed = (...applicationIds: readonly string[]): BusEvent => ({
  topic: 'application',
  applicationIds,
  sequence: 7,
})

/** What an event bus does, whatever the technology. */
export function eventBusContract(technology: string, open: () => Promise<BusInUse>): void {
  describe(`EventBus (${technology})`, () => {
    let inUse: BusInUse
    let bus: EventBus

    beforeEach(async () => {
      inUse = await open()
      bus = await inUse.join()
    })

    afterEach(async () => inUse.end())

    it('tells every subscriber of the topic until it ends its subscription', async () => {
      const heard: string[] = []
      const end = bus.subscribe('application', ({ applicationIds }) =>
        heard.push(`first ${applicationIds.join()}`),
      )
      bus.subscribe('application', ({ applicationIds }) => heard.push(`second ${applicationIds.join()}`))
      bus.subscribe('operation', ({ operationIds }) => heard.push(`operation ${operationIds.join()}`))
      await bus.publish(changed('a'))
      await vi.waitFor(() => expect(heard).toEqual(['first a', 'second a']), heardWithin)
      end()
      end()
      await bus.publish(changed('b'))
      await bus.publish({ topic: 'operation', operationIds: ['o'] })
      await vi.waitFor(() => expect(heard.slice(2)).toEqual(['second b', 'operation o']), heardWithin)
    })

    it('goes on when a listener throws', async () => {
      const heard: BusEvent[] = []
      bus.subscribe('application', () => {
        throw new Error('broken')
      })
      bus.subscribe('application', (event) => heard.push(event))
      await bus.publish(changed('a'))
      await vi.waitFor(() => expect(heard).toEqual([changed('a')]), heardWithin)
    })

    it('carries an event of ten thousand applications', async () => {
      const ids = Array.from({ length: 10_000 }, (_, i) => `0f2d6c1e-${i}-5b1c-4a57-9d55-1f7b8a0c9e11`)
      const heard: BusEvent[] = []
      bus.subscribe('application', (event) => heard.push(event))
      await bus.publish(changed(...ids))
      const heardIds = (): readonly string[] =>
        heard.flatMap((event) => (event.topic === 'application' ? event.applicationIds : []))
      await vi.waitFor(() => expect(heardIds()).toHaveLength(10_000), heardWithin)
      expect(heardIds()).toEqual(ids)
      expect(new Set(heard.map((event) => event.topic === 'application' && event.sequence))).toEqual(
        new Set([7]),
      )
    })

    it('is silent once closed', async () => {
      const heard: BusEvent[] = []
      bus.subscribe('application', (event) => heard.push(event))
      await bus.close()
      await bus.publish(changed('a'))
      await sleep(QUIET_MS)
      expect(heard).toEqual([])
    })
  })
}

/** What several processes on one bus can count on. */
export function busBetweenProcessesContract(technology: string, open: () => Promise<BusInUse>): void {
  describe(`EventBus of several processes (${technology})`, () => {
    it('tells all processes, the publishing one too, once each', async () => {
      const inUse = await open()
      const buses = await Promise.all([inUse.join(), inUse.join(), inUse.join()])
      const heard: string[] = []
      for (const [at, bus] of buses.entries()) {
        bus.subscribe('application', ({ applicationIds }) => heard.push(`${at} ${applicationIds.join()}`))
      }
      await buses[0]?.publish(changed('a'))
      await vi.waitFor(() => expect([...heard].sort()).toEqual(['0 a', '1 a', '2 a']), heardWithin)
      await sleep(QUIET_MS)
      expect(heard).toHaveLength(3)
      await inUse.end()
    })
  })
}
