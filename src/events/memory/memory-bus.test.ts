import { silentLogger } from '../../base/logger.js'
import { eventBusContract } from '../event-bus.contract.js'
import type { EventBus } from '../event-bus.js'
import { MemoryBus } from './memory-bus.js'

eventBusContract('memory', async () => {
  const joined: EventBus[] = []
  return {
    join: async () => {
      const bus = new MemoryBus(silentLogger)
      joined.push(bus)
      return bus
    },
    end: async () => {
      await Promise.all(joined.map((bus) => bus.close()))
    },
  }
})
