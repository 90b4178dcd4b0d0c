import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { accountNameProblem } from './account-name.js'
import { bcryptHashProblem } from './bcrypt-hash.js'
import { ATTEMPT_LIMITS, judgeAttempt } from './judge-attempt.js'
import { sourceOf } from './source-of.js'

const counted = fc.record({
  source: fc.integer({ min: 1, max: 60 }),
  account: fc.integer({ min: 1, max: 10_000 }),
  pair: fc.integer({ min: 1, max: 20 }),
  sourceSeconds: fc.integer({ min: 1, max: 300 }),
  pairSeconds: fc.integer({ min: 1, max: 300 }),
  isKnown: fc.boolean(),
})

describe('judgeAttempt()', () => {
  it('never closes the door for the first attempt of a source, whatever others did', () => {
    fc.assert(
      fc.property(counted, (one) => {
        expect(judgeAttempt({ ...one, source: 1, pair: 1 }).waitSeconds).toBe(0)
      }),
    )
  })

  it('lets no pair beyond its limit, and no source beyond its own', () => {
    fc.assert(
      fc.property(counted, (one) => {
        const isOver = one.pair > ATTEMPT_LIMITS.pair || (one.source > ATTEMPT_LIMITS.source && !one.isKnown)
        if (isOver) expect(judgeAttempt(one).waitSeconds).toBeGreaterThan(0)
      }),
    )
  })

  it('gives strangers one attempt and known sources all of theirs while an account is under attack', () => {
    const one = { source: 2, account: 26, pair: 2, sourceSeconds: 9, pairSeconds: 7, isKnown: false }
    expect(judgeAttempt(one)).toEqual({ waitSeconds: 7, closes: 'account' })
    expect(judgeAttempt({ ...one, account: 27 })).toEqual({ waitSeconds: 7 })
    expect(judgeAttempt({ ...one, account: 27, isKnown: true })).toEqual({ waitSeconds: 0 })
    expect(judgeAttempt({ ...one, account: 6, pair: 6 })).toEqual({ waitSeconds: 7, closes: 'pair' })
    expect(judgeAttempt({ ...one, source: 31 })).toEqual({ waitSeconds: 9, closes: 'source' })
    expect(judgeAttempt({ ...one, account: 6, source: 31, isKnown: true })).toEqual({ waitSeconds: 0 })
  })
})

describe('sourceOf()', () => {
  it.each([
    ['10.0.0.1', '10.0.0.1'],
    ['::ffff:10.0.0.1', '10.0.0.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0db8:1:2::9', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ])('of %s is %s', (address, source) => {
    expect(sourceOf(address)).toBe(source)
  })
})

describe('accountNameProblem() and bcryptHashProblem()', () => {
  it.each(['bob', 'ci-bot', 'a.b_c', 'X'.repeat(32), '1'])('accept %s', (name) => {
    expect(accountNameProblem(name)).toBeUndefined()
  })

  it.each(['', 'x'.repeat(33), 'role:admin', 'proj:a:b', 'System', '-a', 'a b', 'ü', 'a\u0000'])(
    'refuse %j',
    (name) => {
      expect(accountNameProblem(name)).toBeDefined()
    },
  )

  it('take over bcrypt of a cost that neither guesses nor logins abuse', () => {
    const rest = 'k/4PkUAARZ1zN43scPHimOalicnp1GViaw.zXugC4fn1R.XyM1Fyy'
    expect(bcryptHashProblem(`$2a$10$${rest}`)).toBeUndefined()
    expect(bcryptHashProblem(`$2b$14$${rest}`)).toBeUndefined()
    for (const bad of [`$2a$04$${rest}`, `$2a$31$${rest}`, `$2a$10$${rest}x`, '$argon2id$', '']) {
      expect(bcryptHashProblem(bad), bad).toBeDefined()
    }
  })
})
