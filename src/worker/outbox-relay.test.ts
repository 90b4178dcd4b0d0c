import { afterEach, describe, expect, it, vi } from 'vitest'
import { silentLogger } from '../base/logger.js'
import { DoorbellQueue, type Doorbell } from '../queue/doorbell-queue.js'
import { OutboxStore } from '../store/directory-stores.js'
import type { WaitingDoorbell } from '../store/pending-work.js'
import { OutboxRelay } from './outbox-relay.js'

class FakeOutbox extends OutboxStore {
  rows: { readonly id: string; readonly doorbell: Doorbell }[] = []
  failures = 0
  #listener: () => void = () => undefined

  write(count: number): void {
    for (let i = 0; i < count; i += 1) {
      const id = String(this.rows.length)
      this.rows.push({ id, doorbell: { kind: 'application', id } })
    }
    this.#listener()
  }

  override async pending(limit: number) {
    return this.rows.slice(0, limit)
  }

  override async deliver(limit: number, ring: (doorbells: readonly WaitingDoorbell[]) => Promise<void>) {
    if (this.failures > 0) {
      this.failures -= 1
      throw new Error('down')
    }
    const rows = this.rows.slice(0, limit)
    await ring(rows.map(({ id }) => ({ kind: 'application', id, clusterId: 'c', isUnrendered: false })))
    this.rows = this.rows.slice(rows.length)
    return rows.length
  }

  override onCommit(listener: () => void): void {
    this.#listener = listener
  }
}

class FakeQueue extends DoorbellQueue {
  readonly rung: string[] = []
  override async ring({ id }: Doorbell): Promise<void> {
    this.rung.push(id)
  }
  override listen(): void {}
  override listenCluster() {
    return async () => undefined
  }
  override async close(): Promise<void> {}
}

function started() {
  vi.useFakeTimers()
  const outbox = new FakeOutbox()
  const queue = new FakeQueue()
  const relay = new OutboxRelay({ outbox, queue, logger: silentLogger })
  relay.start()
  return { outbox, queue, relay }
}

afterEach(() => {
  vi.useRealTimers()
})

describe('OutboxRelay', () => {
  it('rings right after a commit, in batches until nothing is left', async () => {
    const { outbox, queue } = started()
    outbox.write(1_100)
    await vi.advanceTimersByTimeAsync(0)
    expect(queue.rung).toHaveLength(1_100)
    expect(outbox.rows).toEqual([])
  })

  it('finds by the sweep what an outage left behind', async () => {
    const { outbox, queue } = started()
    await vi.advanceTimersByTimeAsync(0)
    outbox.failures = 1
    outbox.write(1)
    await vi.advanceTimersByTimeAsync(9_000)
    expect(queue.rung).toEqual([])
    await vi.advanceTimersByTimeAsync(1_100)
    expect(queue.rung).toEqual(['0'])
  })

  it('rings no more once closed', async () => {
    const { outbox, queue, relay } = started()
    await vi.advanceTimersByTimeAsync(0)
    await relay.close()
    outbox.write(1)
    await vi.advanceTimersByTimeAsync(30_000)
    expect(queue.rung).toEqual([])
  })
})
