import { beforeEach, describe, expect, it } from 'vitest'
import { ChangeJournal, REMEMBERED_MS } from './change-journal.js'

const tell = (sequence: number, ...applicationIds: readonly string[]) => ({ applicationIds, sequence })

describe('ChangeJournal', () => {
  let journal: ChangeJournal

  beforeEach(() => {
    journal = new ChangeJournal(0)
    journal.add(tell(7, 'a'), 10_000)
    journal.add(tell(8, 'b', 'c'), 20_000)
    journal.add({ applicationIds: ['d'] }, 30_000)
    journal.add(tell(9, 'c'), 40_000)
  })

  it('answers what was told since, each once, what only time changed too', () => {
    expect(journal.since(8)).toEqual({ applicationIds: ['b', 'c', 'd'], sequence: 9 })
    expect(journal.since(9)).toEqual({ applicationIds: ['c'], sequence: 9 })
  })

  it('holds what a flush with an earlier sequence told later', () => {
    journal.add(tell(6, 'late'), 40_010)
    expect(journal.since(9)).toEqual({ applicationIds: ['c', 'late'], sequence: 6 })
  })

  it('does not know a sequence that it never heard, nor one from before it listened', () => {
    expect(journal.since(5)).toBeUndefined()
    expect(journal.since(10)).toBeUndefined()
    const young = new ChangeJournal(9_900)
    young.add(tell(7, 'a'), 10_000)
    expect(young.since(7)).toBeUndefined()
  })

  it('knows nothing from before events were lost', () => {
    journal.lost(41_000)
    expect(journal.since(9)).toBeUndefined()
    journal.add(tell(10, 'a'), 50_000)
    expect(journal.since(10)?.applicationIds).toEqual(['a'])
  })

  it('forgets what is too old, and what is too much', () => {
    journal.add(tell(11, 'x'), 10_001 + REMEMBERED_MS)
    expect(journal.since(7)).toBeUndefined()
    expect(journal.since(8)?.applicationIds).toContain('x')
    const many = Array.from({ length: 49_999 }, (_, at) => `id-${at}`)
    journal.add(tell(12, ...many), 20_000 + REMEMBERED_MS)
    expect(journal.since(9)).toBeUndefined()
    expect(journal.since(12)?.applicationIds).toHaveLength(many.length)
    journal.add(tell(13, ...many, 'y', 'z'), 21_100 + REMEMBERED_MS)
    expect([11, 12, 13].map((sequence) => journal.since(sequence))).toEqual([undefined, undefined, undefined])
  })
})
