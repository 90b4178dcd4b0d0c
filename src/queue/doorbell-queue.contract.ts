import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Doorbell, DoorbellQueue } from './doorbell-queue.js'

/** One queue that no other test uses. */
export interface QueueInUse {
  /** A further process; closed by the test or by `end`. */
  join(): DoorbellQueue
  end(): Promise<void>
}

const heardWithin = { timeout: 15_000, interval: 10 }
/** Long enough that a doorbell that is on its way would have come. */
const QUIET_MS = 300

const repository = (id: string): Doorbell => ({ kind: 'repository', id })
const application = (id: string, cluster?: string): Doorbell => ({
  kind: 'application',
  id,
  ...(cluster === undefined ? {} : { cluster }),
})

/** What a queue does within one process, whatever the technology. */
export function doorbellQueueContract(technology: string, open: () => Promise<QueueInUse>): void {
  describe(`DoorbellQueue (${technology})`, () => {
    let inUse: QueueInUse
    let queue: DoorbellQueue

    beforeEach(async () => {
      inUse = await open()
      queue = inUse.join()
    })

    afterEach(async () => inUse.end())

    const current = (): DoorbellQueue => queue
    delivery(current)
    clusters(current)
    refusal(current)
  })
}

function delivery(queue: () => DoorbellQueue): void {
  it('delivers every key, apart by kind', async () => {
    const heard: string[] = []
    queue().listen('repository', (id) => void heard.push(`repository ${id}`))
    queue().listen('application', (id) => void heard.push(`application ${id}`))
    queue().listen('cluster', (id) => void heard.push(`cluster ${id}`))
    const bells: Doorbell[] = [repository('r'), application('a'), { kind: 'cluster', id: 'c' }]
    await Promise.all(bells.map((bell) => queue().ring(bell)))
    const all = ['application a', 'cluster c', 'repository r']
    await vi.waitFor(() => expect([...heard].sort()).toEqual(all), heardWithin)
  })

  it('keeps doorbells until somebody listens, and merges equal ones meanwhile', async () => {
    for (const id of ['a', 'b', 'a', 'a']) await queue().ring(application(id))
    const heard: string[] = []
    queue().listen('application', (id) => void heard.push(id))
    await vi.waitFor(() => expect([...heard].sort()).toEqual(['a', 'b']), heardWithin)
    await sleep(QUIET_MS)
    expect(heard).toHaveLength(2)
  })

  it('delivers again what rings from within a listener on', async () => {
    const heard: string[] = []
    const rung: Promise<void>[] = []
    queue().listen('repository', (id) => {
      heard.push(id)
      if (heard.length < 50) rung.push(queue().ring(repository(id)))
    })
    await queue().ring(repository('r'))
    await vi.waitFor(() => expect(heard).toHaveLength(50), heardWithin)
    await Promise.all(rung)
  })

  it('delivers a thousand keys that rang at once', async () => {
    const heard = new Set<string>()
    queue().listen('application', (id) => void heard.add(id))
    const ids = Array.from({ length: 1_000 }, (_, i) => `a${i}`)
    await Promise.all(ids.map((id) => queue().ring(application(id))))
    await vi.waitFor(() => expect(heard.size).toBe(1_000), heardWithin)
  })

  it('is silent once closed', async () => {
    const heard: string[] = []
    queue().listen('application', (id) => void heard.push(id))
    await queue().close()
    await queue()
      .ring(application('a'))
      .catch(() => undefined)
    await sleep(QUIET_MS)
    expect(heard).toEqual([])
  })
}

function clusters(queue: () => DoorbellQueue): void {
  it('A-29 brings an application of a cluster to the owner of the cluster only', async () => {
    const heard: string[] = []
    queue().listen('application', (id) => void heard.push(`any ${id}`))
    queue().listenCluster('one', (id) => void heard.push(`one ${id}`))
    queue().listenCluster('two', (id) => void heard.push(`two ${id}`))
    await Promise.all(
      [application('a', 'one'), application('b', 'two'), application('c')].map((bell) => queue().ring(bell)),
    )
    await vi.waitFor(() => expect([...heard].sort()).toEqual(['any c', 'one a', 'two b']), heardWithin)
  })

  it('keeps what rings for a cluster while nobody owns it', async () => {
    const heard: string[] = []
    const stop = queue().listenCluster('one', (id) => void heard.push(`first ${id}`))
    await queue().ring(application('a', 'one'))
    await vi.waitFor(() => expect(heard).toEqual(['first a']), heardWithin)
    await stop()
    await queue().ring(application('b', 'one'))
    await sleep(QUIET_MS)
    expect(heard).toEqual(['first a'])
    queue().listenCluster('one', (id) => void heard.push(`second ${id}`))
    await vi.waitFor(() => expect(heard).toEqual(['first a', 'second b']), heardWithin)
  })
}

function refusal(queue: () => DoorbellQueue): void {
  it('offers again what was given back, and does not hold up the others', async () => {
    const heard: string[] = []
    let refusals = 2
    queue().listen('repository', (id) => {
      heard.push(id)
      return id !== 'refused' || (refusals -= 1) < 0
    })
    await queue().ring(repository('refused'))
    await queue().ring(repository('taken'))
    await vi.waitFor(() => expect(heard).toContain('taken'), heardWithin)
    await vi.waitFor(() => expect(heard.filter((id) => id === 'refused')).toHaveLength(3), heardWithin)
    await sleep(QUIET_MS)
    expect(heard).toHaveLength(4)
  })
}

/** What several processes on one queue can count on. */
export function queueBetweenProcessesContract(technology: string, open: () => Promise<QueueInUse>): void {
  describe(`DoorbellQueue of several processes (${technology})`, () => {
    let inUse: QueueInUse

    beforeEach(async () => {
      inUse = await open()
    })

    afterEach(async () => inUse.end())

    it('brings each doorbell to one of several listeners', async () => {
      const heard: string[] = []
      for (const queue of [inUse.join(), inUse.join()])
        queue.listen('repository', (id) => void heard.push(id))
      const ringer = inUse.join()
      const ids = Array.from({ length: 100 }, (_, i) => `r${i}`)
      await Promise.all(ids.map((id) => ringer.ring(repository(id))))
      await vi.waitFor(() => expect(new Set(heard).size).toBe(100), heardWithin)
      await sleep(QUIET_MS)
      expect(heard).toHaveLength(100)
    })

    it('finds the owner of the cluster among several workers', async () => {
      const heard: string[] = []
      inUse.join().listenCluster('one', (id) => void heard.push(`one ${id}`))
      inUse.join().listenCluster('two', (id) => void heard.push(`two ${id}`))
      const ringer = inUse.join()
      const ids = Array.from({ length: 20 }, (_, i) => `a${i}`)
      await Promise.all(
        ids.flatMap((id) => [ringer.ring(application(id, 'one')), ringer.ring(application(id, 'two'))]),
      )
      const all = ids.flatMap((id) => [`one ${id}`, `two ${id}`]).sort()
      await vi.waitFor(() => expect([...heard].sort()).toEqual(all), heardWithin)
    })

    it('hands over to another process without losing a doorbell', async () => {
      const heard = new Set<string>()
      const [old, young, ringer] = [inUse.join(), inUse.join(), inUse.join()]
      const stop = old.listenCluster('one', (id) => void heard.add(id))
      const ids = Array.from({ length: 60 }, (_, i) => `a${i}`)
      for (const [at, id] of ids.entries()) {
        await ringer.ring(application(id, 'one'))
        if (at === 20) void stop().then(() => old.close())
        if (at === 40) young.listenCluster('one', (heardId) => void heard.add(heardId))
      }
      await vi.waitFor(() => expect(heard.size).toBe(60), heardWithin)
    })
  })
}
