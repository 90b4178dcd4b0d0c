/** The process of the floor: takes tasks from its parent, one answer each, and ends with it. */
import { FloorWorker } from './floor-worker.js'
import type { FloorAnswer, FloorRequest } from './messages.js'

let worker: FloorWorker | undefined

process.on('message', (request: FloorRequest) => {
  run(request).then(
    () => answer({ id: request.id }),
    (error: unknown) => answer({ id: request.id, error: String(error) }),
  )
})
process.on('disconnect', () => process.exit(0))

async function run(request: FloorRequest): Promise<void> {
  if (request.task === 'set-up') {
    worker = new FloorWorker(request.setup)
    return
  }
  if (worker === undefined) throw new Error('Cannot run a task of the floor before it was set up')
  if (request.task === 'apply-all') return worker.applyAll()
  if (request.task === 'mirror') return worker.cloneMirror()
  if (request.task === 'heal') return worker.heal()
  if (request.task === 'look') return worker.look()
  return worker.followCommit(request.before, request.after)
}

function answer(message: FloorAnswer): void {
  process.send?.(message)
}
