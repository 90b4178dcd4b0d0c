import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { silentLogger } from '../base/logger.js'
import type { ApplicationListFilter, FreshnessMark } from '../store/application-list.js'
import { openMemoryStores } from '../store/memory/open-memory-stores.js'
import { StalenessWatch } from './staleness-watch.js'

const { applicationList: list } = openMemoryStores()
let marks: readonly FreshnessMark[]
let looks: number
let told: (readonly string[])[]

beforeEach(() => {
  vi.useFakeTimers()
  marks = [
    { kind: 'cluster', name: 'https://one', state: 'fresh' },
    { kind: 'repository', name: 'git.example/shop', state: 'fresh' },
  ]
  looks = 0
  told = []
})
afterEach(() => vi.useRealTimers())

function watch(): StalenessWatch {
  const own = Object.create(list) as typeof list
  own.freshnessMarks = async () => {
    looks += 1
    return marks
  }
  own.identities = async ({ cluster, repository }: ApplicationListFilter) => [
    { id: `of ${cluster ?? repository ?? ''}`, project: 'p', namespace: 'n', name: 'a' },
  ]
  return new StalenessWatch(own, silentLogger)
}

describe('StalenessWatch', () => {
  it('tells the applications of what turned stale, and of what is back, once each', async () => {
    const end = watch().subscribe((ids) => told.push(ids))
    await vi.advanceTimersByTimeAsync(10_000)
    expect(told).toEqual([])
    marks = marks.map((mark) => (mark.kind === 'cluster' ? { ...mark, state: 'stale' } : mark))
    await vi.advanceTimersByTimeAsync(20_000)
    expect(told).toEqual([['of https://one']])
    marks = marks.map((mark) => ({ ...mark, state: mark.kind === 'cluster' ? 'fresh' : 'stale' }))
    await vi.advanceTimersByTimeAsync(5_000)
    expect(told.slice(1)).toEqual([['of https://one'], ['of git.example/shop']])
    end()
  })

  it('looks once per interval for all listeners, and not at all without one', async () => {
    const staleness = watch()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(looks).toBe(0)
    const ends = [1, 2, 3].map(() => staleness.subscribe((ids) => told.push(ids)))
    await vi.advanceTimersByTimeAsync(10_000)
    expect(looks).toBe(3)
    for (const end of ends) end()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(looks).toBe(3)
  })
})
