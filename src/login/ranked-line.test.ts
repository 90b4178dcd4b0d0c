import { describe, expect, it } from 'vitest'
import { PasswordRule } from './password-rule.js'
import { RankedLine } from './ranked-line.js'

describe('RankedLine', () => {
  it('runs the smallest rank first, and sends the largest away when too many wait', async () => {
    const line = new RankedLine({ sideBySide: 1, waiting: 2 })
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

  it('goes on after works that fail', async () => {
    const line = new RankedLine({ sideBySide: 1, waiting: 1 })
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
