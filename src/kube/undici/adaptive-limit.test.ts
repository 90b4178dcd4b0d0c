import { describe, expect, it } from 'vitest'
import { AdaptiveLimit } from './adaptive-limit.js'

/** Runs `count` requests with 64 at once wanted; returns how many were under way at most. */
async function load(limit: AdaptiveLimit, count: number, overloaded: boolean | undefined): Promise<number> {
  let [active, most, left] = [0, 0, count]
  const worker = async (): Promise<void> => {
    while (left > 0) {
      left -= 1
      await limit.enter()
      active += 1
      most = Math.max(most, active)
      await Promise.resolve()
      active -= 1
      limit.leave(overloaded)
    }
  }
  await Promise.all(Array.from({ length: 64 }, worker))
  return most
}

describe('AdaptiveLimit', () => {
  it('starts with 8 and grows to 32 while requests queue', async () => {
    const limit = new AdaptiveLimit(() => 0)
    expect(await load(limit, 64, undefined)).toBe(8)
    expect(await load(limit, 5000, false)).toBe(32)
    expect(limit.current).toBe(32)
  })

  it('does not grow when nothing queues', () => {
    const limit = new AdaptiveLimit(() => 0)
    for (let index = 0; index < 1000; index += 1) {
      void limit.enter()
      limit.leave(false)
    }
    expect(limit.current).toBe(8)
  })

  it('halves on overload, once per second, and never stops', async () => {
    let now = 0
    const limit = new AdaptiveLimit(() => now)
    await load(limit, 20, true)
    expect(limit.current).toBe(4)
    for (let second = 1; second < 10; second += 1) {
      now = second * 1000
      await load(limit, 2, true)
    }
    expect(limit.current).toBe(1)
    expect(await load(limit, 10, undefined)).toBe(1)
  })
})
