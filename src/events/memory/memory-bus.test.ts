import { describe, expect, it } from 'vitest'
import { silentLogger } from '../../base/logger.js'
import type { BusEvent } from '../event-bus.js'
import { MemoryBus } from './memory-bus.js'

const EVENT: BusEvent = { topic: 'application', applicationIds: ['a'], sequence: 1 }

describe('MemoryBus', () => {
  it('tells every subscriber until it ends its subscription', async () => {
    const bus = new MemoryBus(silentLogger)
    const heard: string[] = []
    const end = bus.subscribe('application', () => heard.push('first'))
    bus.subscribe('application', () => heard.push('second'))
    await bus.publish(EVENT)
    end()
    end()
    await bus.publish(EVENT)
    expect(heard).toEqual(['first', 'second', 'second'])
  })

  it('goes on when a listener throws', async () => {
    const bus = new MemoryBus(silentLogger)
    const heard: BusEvent[] = []
    bus.subscribe('application', () => {
      throw new Error('broken')
    })
    bus.subscribe('application', (event) => heard.push(event))
    await bus.publish(EVENT)
    expect(heard).toEqual([EVENT])
  })

  it('is silent once closed', async () => {
    const bus = new MemoryBus(silentLogger)
    const heard: BusEvent[] = []
    bus.subscribe('application', (event) => heard.push(event))
    await bus.close()
    await bus.publish(EVENT)
    expect(heard).toEqual([])
  })
})
