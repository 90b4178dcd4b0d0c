import { describe, expect, it } from 'vitest'
import { currentRefs, sameRefs } from './current-refs.js'
import { RepositoryTurns } from './repository-turns.js'

describe('RepositoryTurns', () => {
  it('runs one at a time per repository, in the order of the calls, and others beside it', async () => {
    const turns = new RepositoryTurns()
    const log: string[] = []
    const gate = Promise.withResolvers<void>()
    const first = turns.run(['a'], async () => {
      await gate.promise
      log.push('a1')
    })
    const second = turns.run(['a'], async () => void log.push('a2'))
    await turns.run(['b'], async () => void log.push('b'))
    gate.resolve()
    await Promise.all([first, second])
    expect(log).toEqual(['b', 'a1', 'a2'])
  })

  it('never lets two that need the same several wait for each other', async () => {
    const turns = new RepositoryTurns()
    let running = 0
    const task = async (): Promise<void> => {
      running += 1
      expect(running).toBe(1)
      await new Promise((done) => setImmediate(done))
      running -= 1
    }
    const orders = [
      ['a', 'b'],
      ['b', 'a'],
      ['b', 'a', 'a'],
      ['a', 'b'],
    ]
    await Promise.all(Array.from({ length: 40 }, (_, index) => turns.run(orders[index % 4] ?? [], task)))
    expect(running).toBe(0)
  })

  it('goes on after a failure', async () => {
    const turns = new RepositoryTurns()
    const failure = turns.run(['a'], () => Promise.reject(new Error('no')))
    await expect(failure).rejects.toThrow('no')
    expect(await turns.run(['a'], async () => 'yes')).toBe('yes')
  })
})

describe('currentRefs()', () => {
  it('leaves out heads that the last look did not see', () => {
    const head = (ref: string, checkedAt: string) => ({
      repositoryId: 'r',
      ref,
      commit: `c-${ref}`,
      sequence: 1,
      checkedAt,
    })
    const refs = currentRefs([
      head('main', '2026-01-02'),
      head('gone', '2026-01-01'),
      head('HEAD', '2026-01-02'),
    ])
    expect([...refs.keys()]).toEqual(['main', 'HEAD'])
    expect(
      sameRefs(
        refs,
        new Map([
          ['HEAD', 'c-HEAD'],
          ['main', 'c-main'],
        ]),
      ),
    ).toBe(true)
    expect(sameRefs(refs, new Map([['main', 'c-main']]))).toBe(false)
    expect(
      sameRefs(
        refs,
        new Map([
          ['HEAD', 'other'],
          ['main', 'c-main'],
        ]),
      ),
    ).toBe(false)
    expect(currentRefs([]).size).toBe(0)
  })
})
