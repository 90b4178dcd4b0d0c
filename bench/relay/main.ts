/** The process of the relays: takes tasks from its parent, one answer each, and ends with it. */
import type { RelayAnswer, RelayRequest } from './messages.js'
import { Relays } from './relays.js'

const relays = new Relays()

process.on('message', (request: RelayRequest) => {
  run(request).then(
    (counts) => answer({ id: request.id, ...(counts !== undefined && { counts }) }),
    (error: unknown) => answer({ id: request.id, error: String(error) }),
  )
})
process.on('disconnect', () => process.exit(0))

async function run(request: RelayRequest): Promise<Readonly<Record<string, number>> | undefined> {
  if (request.task === 'open') await relays.open(request.setup)
  if (request.task === 'swallow') relays.swallow(request.address)
  return request.task === 'count' ? relays.counts() : undefined
}

function answer(message: RelayAnswer): void {
  process.send?.(message)
}
