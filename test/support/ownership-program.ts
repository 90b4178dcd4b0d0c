import { createInterface } from 'node:readline'
import { reasonOf } from '../../src/base/app-error.js'
import { silentLogger } from '../../src/base/logger.js'
import { shorterLeaseTimes } from '../../src/engine/ownership/lease-times.js'
import { aManagedObject } from '../../src/store/contract-fixtures.js'
import { openStores } from '../../src/store/prisma/open-stores.js'
import { Ownership } from '../../src/worker/ownership.js'

/**
 * One worker process for the tests of ownership: it says what it gains, loses and may write, and tries a fenced write all the time.
 * Arguments: database URL, worker id, cluster ids by comma, application id, factor by which the lease is shorter.
 */
const [url = '', id = '', clusters = '', application = '', factor = '10'] = process.argv.slice(2)
const EVERY_MS = 20

const say = (line: Readonly<Record<string, unknown>>): void => {
  process.stdout.write(`${JSON.stringify({ at: Date.now(), worker: id, ...line })}\n`)
}

const stores = openStores({ connectionString: url, logger: silentLogger, maxConnections: 4 })
const ownership = new Ownership({
  kind: 'cluster',
  role: 'cluster-worker',
  holder: { id, run: `${id}-${process.pid}`, address: `http://${id}` },
  leases: stores.leases,
  keys: async () => clusters.split(','),
  times: shorterLeaseTimes(Number(factor)),
  clock: { now: () => Date.now(), monotonic: () => performance.now() },
  logger: silentLogger,
  onGained: (cluster, epoch) => say({ gained: cluster, epoch }),
  onLost: (cluster) => say({ lost: cluster }),
})

const epochs = new Map<string, number>()

/** The first thing that runs after the process stood still: nothing in it has noticed yet. */
async function writeAll(): Promise<void> {
  for (const cluster of clusters.split(',')) {
    const asked = Date.now()
    const mayWrite = ownership.mayWrite(cluster)
    if (mayWrite) epochs.set(cluster, ownership.fence(cluster).epoch)
    const epoch = epochs.get(cluster)
    if (epoch === undefined) continue
    const managed = aManagedObject(application, { name: `of-${cluster}`, version: `${id}-${epoch}` })
    const result = await stores.applications
      .saveManaged([managed], { kind: 'cluster', id: cluster, epoch })
      .then(
        () => 'stored',
        (error: unknown) => reasonOf(error),
      )
    say({ wrote: cluster, asked, epoch, mayWrite, result })
  }
  setTimeout(() => void writeAll(), EVERY_MS)
}

createInterface({ input: process.stdin }).on('close', () => process.exit(0))
process.on('SIGTERM', () => {
  say({ draining: true })
  ownership.drain().then(
    () => {
      say({ drained: true })
      process.exit(0)
    },
    (error: unknown) => {
      say({ failed: reasonOf(error) })
      process.exit(1)
    },
  )
})

await ownership.start()
say({ started: true })
void writeAll()
