import { describe, expect, it } from 'vitest'
import { PasswordRule } from './password-rule.js'
import { RankedLine } from './ranked-line.js'

describe('RankedLine', () => {
  it('runs the smallest rank first, and sends the largest away when too many wait', async () => {
    const line = new RankedLine({ places: [1], waiting: 2 })
    const order: string[] = []
    const go = (name: string, rank: number): Promise<void> =>
      line
        .run(rank, async () => void order.push(name))
        .catch((error: { code: string }) => void order.push(`${name} ${error.code}`))
    let open: () => void = () => undefined
    const first = line.run(0, () => new Promise<void>((resolve) => (open = resolve)))
    const all = [go('bad', 9), go('new', 1), go('known', 0), go('worse', 10)]
    await Promise.resolve()
    open()
    await Promise.all([first, ...all])
    expect(order.toSorted()).toEqual(['bad RATE_LIMITED', 'known', 'new', 'worse RATE_LIMITED'])
    expect(order.indexOf('known')).toBeLessThan(order.indexOf('new'))
  })

  it('keeps places for low ranks that higher ones never take', async () => {
    const line = new RankedLine({ places: [3, 2, 1], waiting: 9 })
    const running = new Set<string>()
    const ends = new Map<string, () => void>()
    const go = (name: string, rank: number): Promise<void> =>
      line.run(rank, async () => {
        running.add(name)
        await new Promise<void>((end) => ends.set(name, end))
        running.delete(name)
      })
    const all = [go('bad 1', 5), go('bad 2', 5), go('new 1', 1), go('new 2', 1), go('known', 0)]
    await Promise.resolve()
    expect([...running]).toEqual(['bad 1', 'new 1', 'known'])
    for (const name of ['bad 1', 'new 1', 'known', 'new 2', 'bad 2']) {
      await expect.poll(() => ends.has(name)).toBe(true)
      expect([...running].filter((one) => one.startsWith('bad')).length).toBeLessThanOrEqual(1)
      expect([...running].filter((one) => one !== 'known').length).toBeLessThanOrEqual(2)
      ends.get(name)?.()
    }
    await Promise.all(all)
  })

  it('goes on after works that fail', async () => {
    const line = new RankedLine({ places: [1], waiting: 1 })
    await expect(line.run(0, () => Promise.reject(new Error('x')))).rejects.toThrow('x')
    expect(await line.run(0, async () => 'done')).toBe('done')
  })
})

describe('PasswordRule', () => {
  it('says what the pattern of the setting wants', () => {
    const rule = new PasswordRule('^.{8,32}$')
    expect(rule.refuse('x1y2z3', 'bob')).toContain('at least 8 characters')
    expect(rule.refuse('a sentence', 'bob')).toBeUndefined()
    expect(new PasswordRule('[0-9]').refuse('no digit in here', 'bob')).toContain('pattern [0-9]')
    expect(rule.refuse('robert--2026', 'Robert')).toContain('tried first')
  })
})
