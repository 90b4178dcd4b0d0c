import { doorbellQueueContract } from '../doorbell-queue.contract.js'
import type { DoorbellQueue } from '../doorbell-queue.js'
import { MemoryQueue } from './memory-queue.js'

doorbellQueueContract('memory', async () => {
  const joined: DoorbellQueue[] = []
  return {
    join: () => {
      const queue = new MemoryQueue()
      joined.push(queue)
      return queue
    },
    end: async () => {
      await Promise.all(joined.map((queue) => queue.close()))
    },
  }
})
