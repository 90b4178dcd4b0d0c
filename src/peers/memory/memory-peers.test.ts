import { describePeerCaller } from '../peer-caller.contract.js'
import { MemoryPeers } from './memory-peers.js'

describePeerCaller('MemoryPeers', async () => {
  const caller = new MemoryPeers()
  let count = 0
  return {
    caller,
    close: () => caller.close(),
    serve: async (answers) => {
      const address = `memory:${(count += 1)}`
      const end = caller.serve(address, answers)
      return { address, stop: async () => end() }
    },
  }
})
