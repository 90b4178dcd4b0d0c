import { describe, expect, it } from 'vitest'
import { JoinedReads } from './joined-reads.js'

/** Reads that end when the test says so, each with the number of its beginning. */
function slowReads() {
  const ends: (() => void)[] = []
  let begun = 0
  const read = (): Promise<number> => {
    begun += 1
    const own = begun
    return new Promise((resolve) => ends.push(() => resolve(own)))
  }
  return { read, ends, begun: () => begun }
}

const settle = () => new Promise((resolve) => setTimeout(resolve))

describe('JoinedReads', () => {
  it('gives all that wait the one read that began after they asked', async () => {
    const { read, ends, begun } = slowReads()
    const reads = new JoinedReads()
    const first = reads.run('a', read)
    const others = [reads.run('a', read), reads.run('a', read), reads.run('a', read)]
    expect(begun()).toBe(1)
    ends[0]?.()
    await settle()
    expect(begun()).toBe(2)
    const late = reads.run('a', read)
    ends[1]?.()
    await settle()
    ends[2]?.()
    expect(await first).toBe(1)
    expect(await Promise.all(others)).toEqual([2, 2, 2])
    expect(await late).toBe(3)
  })

  it('keeps different reads apart and forgets what ended', async () => {
    const { read, ends, begun } = slowReads()
    const reads = new JoinedReads()
    const both = [reads.run('a', read), reads.run('b', read)]
    expect(begun()).toBe(2)
    for (const end of ends) end()
    expect(await Promise.all(both)).toEqual([1, 2])
    await settle()
    const again = reads.run('a', read)
    ends[2]?.()
    expect(await again).toBe(3)
  })

  it('passes a failure on only to those who asked for that read', async () => {
    const reads = new JoinedReads()
    let turn = 0
    const read = async () => {
      turn += 1
      await settle()
      if (turn === 1) throw new Error('no connection')
      return turn
    }
    const first = reads.run('a', read)
    const second = reads.run('a', read)
    await expect(first).rejects.toThrow('no connection')
    expect(await second).toBe(2)
  })
})
