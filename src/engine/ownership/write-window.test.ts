import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LEASE_TIMES, refuseLeaseTimes, shorterLeaseTimes } from './lease-times.js'
import { extendWindow, mayWrite, openWindow, type ClockReading } from './write-window.js'

const at = (monotonicMs: number, wallMs = monotonicMs): ClockReading => ({ monotonicMs, wallMs })
const opened = (sent: number, received = sent, formerExpiredForMs?: number) =>
  openWindow({ sent: at(sent), received: at(received), formerExpiredForMs }, LEASE_TIMES)
const { ttlMs, writeForMs, writeTimeoutMs, graceMs } = LEASE_TIMES

describe('refuseLeaseTimes()', () => {
  it('takes the times of the product, also shortened', () => {
    expect(refuseLeaseTimes(LEASE_TIMES)).toBeUndefined()
    expect(refuseLeaseTimes(shorterLeaseTimes(20))).toBeUndefined()
  })

  it('refuses times that let a write land in the lease of another', () => {
    expect(refuseLeaseTimes({ ...LEASE_TIMES, writeForMs: 13_000 })).toMatch(/land after/)
    expect(refuseLeaseTimes({ ...LEASE_TIMES, renewEveryMs: 7_000 })).toMatch(/lost renewal/)
    expect(refuseLeaseTimes({ ...LEASE_TIMES, graceMs: 0 })).toMatch(/above zero/)
    expect(refuseLeaseTimes({ ...LEASE_TIMES, graceMs: 21_000 })).toMatch(/longer than/)
  })
})

describe('the write window', () => {
  it('begins at once when nobody can still be writing', () => {
    expect(mayWrite(opened(100), at(100))).toBe(true)
  })

  it('begins the grace after the expiry of an owner that did not give back', () => {
    const window = opened(100, 150, 500)
    expect(mayWrite(window, at(150 + 1_499))).toBe(false)
    expect(mayWrite(window, at(150 + 1_500))).toBe(true)
    expect(mayWrite(opened(100, 150, 60_000), at(150))).toBe(true)
  })

  it('ends when either clock says so', () => {
    expect(mayWrite(opened(0), at(11_999))).toBe(true)
    expect(mayWrite(opened(0), at(12_000, 0))).toBe(false)
    expect(mayWrite(opened(0), at(1, 12_000))).toBe(false)
  })

  it('is not moved back by the answer of an older renewal', () => {
    const window = extendWindow(opened(0), at(5_000), LEASE_TIMES)
    expect(extendWindow(window, at(2_000), LEASE_TIMES)).toEqual(window)
    expect(mayWrite(window, at(16_999))).toBe(true)
    expect(mayWrite(window, at(17_000))).toBe(false)
  })

  it('never lets an old and a new owner write in each other’s time, whatever the delays', () => {
    const delay = fc.nat({ max: 30_000 })
    fc.assert(
      fc.property(
        fc.array(fc.tuple(delay, delay), { minLength: 1, maxLength: 6 }),
        delay,
        (renewals, late) => {
          // True time is the monotonic time of both; the database executes each request some time after it was sent.
          let sent = 0
          let expiresAt = 0
          let window = opened(0)
          for (const [pause, lag] of renewals) {
            sent += pause
            window = extendWindow(window, at(sent), LEASE_TIMES)
            expiresAt = Math.max(expiresAt, sent + lag + ttlMs)
          }
          const takenAt = expiresAt + late
          const next = opened(takenAt, takenAt + late, late)
          const lastWrite = window.untilMonotonicMs - 1
          expect(lastWrite + writeTimeoutMs).toBeLessThan(expiresAt)
          expect(next.notBeforeMonotonicMs).toBeGreaterThanOrEqual(expiresAt + graceMs)
          expect(window.untilMonotonicMs).toBeLessThanOrEqual(sent + writeForMs)
        },
      ),
    )
  })
})
