import { describe, expect, it, vi } from 'vitest'
import { KeyedQueue } from './keyed-queue.js'

const lane = (group: string, subgroup = '') => ({ group, subgroup })

/** Runs that end when the test says so. */
function gatedQueue(concurrency: number, concurrencyOfGroup?: number) {
  const started: string[] = []
  const ends = new Map<string, (after?: number) => void>()
  const queue = new KeyedQueue({
    concurrency,
    ...(concurrencyOfGroup === undefined ? {} : { concurrencyOfGroup }),
    onError: () => undefined,
    run: (key) => {
      started.push(key)
      return new Promise<number | undefined>((resolve) => ends.set(key, resolve))
    },
  })
  const end = async (key: string, after?: number): Promise<void> => {
    ends.get(key)?.(after)
    await new Promise<void>((resolve) => setImmediate(resolve))
  }
  return { queue, started, end }
}

describe('KeyedQueue', () => {
  it('starts a key at once when there is room', () => {
    const { queue, started } = gatedQueue(1)
    queue.add('a')
    expect(started).toEqual(['a'])
  })

  it('merges a key that waits, and runs one that runs once more', async () => {
    const { queue, started, end } = gatedQueue(1)
    for (const key of ['a', 'b', 'b', 'a', 'a']) queue.add(key)
    await end('a')
    await end('b')
    await end('a')
    expect(started).toEqual(['a', 'b', 'a'])
    expect(queue.size).toBe(0)
  })

  it('never runs a key twice at once, whatever the concurrency', async () => {
    const { queue, started, end } = gatedQueue(8)
    queue.add('a')
    queue.add('a')
    expect(started).toEqual(['a'])
    await end('a')
    expect(started).toEqual(['a', 'a'])
  })

  it('takes turns between groups', async () => {
    const { queue, started, end } = gatedQueue(1)
    queue.add('first', lane('x'))
    for (const key of ['x1', 'x2', 'x3']) queue.add(key, lane('x'))
    queue.add('y1', lane('y'))
    for (const key of ['first', 'x1', 'y1', 'x2', 'x3']) await end(key)
    expect(started).toEqual(['first', 'x1', 'y1', 'x2', 'x3'])
  })

  it('runs at most `concurrency` keys at once', async () => {
    const { queue, started, end } = gatedQueue(2)
    for (const key of ['a', 'b', 'c']) queue.add(key)
    expect(started).toEqual(['a', 'b'])
    await end('b')
    expect(started).toEqual(['a', 'b', 'c'])
  })

  it('leaves room for others when one group takes long', async () => {
    const { queue, started, end } = gatedQueue(4, 2)
    for (const key of ['x1', 'x2', 'x3']) queue.add(key, lane('x'))
    expect(started).toEqual(['x1', 'x2'])
    for (const key of ['y1', 'y2', 'y3']) queue.add(key, lane('y'))
    expect(started).toEqual(['x1', 'x2', 'y1', 'y2'])
    await end('y1')
    expect(started.slice(4)).toEqual(['y3'])
    await end('x1')
    expect(started.slice(5)).toEqual(['x3'])
  })

  it('goes on after an error and asks when to try again', async () => {
    vi.useFakeTimers()
    const failing = vi.fn<(key: string) => Promise<undefined>>().mockRejectedValueOnce(new Error('broken'))
    const queue = new KeyedQueue({ concurrency: 1, run: failing, onError: () => 3 })
    queue.add('a')
    await vi.advanceTimersByTimeAsync(2_900)
    expect(failing).toHaveBeenCalledTimes(1)
    await vi.advanceTimersByTimeAsync(200)
    expect(failing).toHaveBeenCalledTimes(2)
    vi.useRealTimers()
  })

  it('keeps the earliest of several delays and forgets them when the key is added', async () => {
    vi.useFakeTimers()
    const run = vi.fn(async () => undefined)
    const queue = new KeyedQueue({ concurrency: 1, run, onError: () => undefined })
    queue.addAfter('a', 10)
    queue.addAfter('a', 2)
    queue.addAfter('a', 5)
    await vi.advanceTimersByTimeAsync(2_100)
    expect(run).toHaveBeenCalledTimes(1)
    queue.addAfter('a', 5)
    queue.add('a')
    await vi.advanceTimersByTimeAsync(20_000)
    expect(run).toHaveBeenCalledTimes(2)
    vi.useRealTimers()
  })

  it('does not take a far future for now', async () => {
    vi.useFakeTimers()
    const run = vi.fn(async () => undefined)
    const queue = new KeyedQueue({ concurrency: 1, run, onError: () => undefined })
    queue.addAfter('a', 10_000_000)
    await vi.advanceTimersByTimeAsync(1_000)
    expect(run).not.toHaveBeenCalled()
    vi.useRealTimers()
  })

  it('idle() waits for what runs and what waits', async () => {
    const { queue, end } = gatedQueue(1)
    queue.add('a')
    queue.add('b')
    let isIdle = false
    const idle = queue.idle().then(() => (isIdle = true))
    await end('a')
    expect(isIdle).toBe(false)
    await end('b')
    await idle
    expect(isIdle).toBe(true)
  })

  it('close() forgets what waits and lets the running end', async () => {
    const { queue, started, end } = gatedQueue(1)
    queue.add('a')
    queue.add('b')
    const closed = queue.close()
    queue.add('c')
    await end('a')
    await closed
    expect(started).toEqual(['a'])
  })
})
