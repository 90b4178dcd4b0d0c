import { describe, expect, it } from 'vitest'
import { MemoryQueue } from './memory-queue.js'

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('MemoryQueue', () => {
  it('merges equal doorbells that wait', async () => {
    const queue = new MemoryQueue()
    const heard: string[] = []
    queue.listen('application', (id) => heard.push(id))
    await Promise.all(['a', 'b', 'a'].map((id) => queue.ring({ kind: 'application', id })))
    await turn()
    expect(heard).toEqual(['a', 'b'])
  })

  it('delivers again what rings after delivery', async () => {
    const queue = new MemoryQueue()
    const heard: string[] = []
    queue.listen('cluster', (id) => heard.push(id))
    await queue.ring({ kind: 'cluster', id: 'c' })
    await turn()
    await queue.ring({ kind: 'cluster', id: 'c' })
    await turn()
    expect(heard).toEqual(['c', 'c'])
  })

  it('keeps doorbells until somebody listens, apart by kind', async () => {
    const queue = new MemoryQueue()
    await queue.ring({ kind: 'repository', id: 'r' })
    await turn()
    const heard: string[] = []
    queue.listen('application', (id) => heard.push(`application ${id}`))
    queue.listen('repository', (id) => heard.push(`repository ${id}`))
    await turn()
    expect(heard).toEqual(['repository r'])
  })

  it('is silent once closed', async () => {
    const queue = new MemoryQueue()
    const heard: string[] = []
    queue.listen('cluster', (id) => heard.push(id))
    await queue.close()
    await queue.ring({ kind: 'cluster', id: 'c' })
    await turn()
    expect(heard).toEqual([])
  })
})
