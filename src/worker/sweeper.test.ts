import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { silentLogger } from '../base/logger.js'
import { MemoryQueue } from '../queue/memory/memory-queue.js'
import { PendingWork, type PendingPage } from '../store/pending-work.js'
import { Sweeper } from './sweeper.js'

class FakePendingWork extends PendingWork {
  ids: readonly string[] = []
  failures = 0
  readonly pages: PendingPage[] = []

  override async page(page: PendingPage) {
    this.pages.push(page)
    if (this.failures > 0) {
      this.failures -= 1
      throw new Error('down')
    }
    return this.ids
      .filter((id) => id > page.after)
      .slice(0, page.limit)
      .map((id) => ({ kind: 'application' as const, id, clusterId: 'c', isUnrendered: id === 'fresh' }))
  }
}

describe('Sweeper', () => {
  const heard: string[] = []
  let pendingWork: FakePendingWork
  let sweeper: Sweeper

  beforeEach(() => {
    vi.useFakeTimers()
    heard.length = 0
    const queue = new MemoryQueue()
    queue.listen('application', (id) => void heard.push(`render ${id}`))
    queue.listenCluster('c', (id) => void heard.push(id))
    pendingWork = new FakePendingWork()
    sweeper = new Sweeper({ pendingWork, queue, logger: silentLogger, limit: 2 })
    sweeper.start()
  })

  afterEach(async () => {
    await sweeper.close()
    vi.useRealTimers()
  })

  it('rings every ten seconds for what is left', async () => {
    pendingWork.ids = ['fresh']
    await vi.advanceTimersByTimeAsync(9_900)
    expect(heard).toEqual([])
    await vi.advanceTimersByTimeAsync(200)
    expect([...heard].sort()).toEqual(['fresh', 'render fresh'])
  })

  it('goes on where a full page ended, and begins anew after the last', async () => {
    pendingWork.ids = ['a', 'b', 'c']
    await vi.advanceTimersByTimeAsync(30_100)
    expect(heard).toEqual(['a', 'b', 'c', 'a', 'b'])
  })

  it('is thorough now and then', async () => {
    await vi.advanceTimersByTimeAsync(120_100)
    expect(pendingWork.pages.filter(({ thorough }) => thorough)).toHaveLength(2)
    expect(pendingWork.pages).toHaveLength(12)
  })

  it('tries again after an outage, and ends when it is closed', async () => {
    pendingWork.ids = ['a']
    pendingWork.failures = 1
    await vi.advanceTimersByTimeAsync(10_100)
    expect(heard).toEqual([])
    await vi.advanceTimersByTimeAsync(10_000)
    expect(heard).toEqual(['a'])
    await sweeper.close()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(heard).toEqual(['a'])
  })
})
