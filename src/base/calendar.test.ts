import { describe, expect, it } from 'vitest'
import { isoTime, readSchedule } from './calendar.js'

const at = (text: string) => Date.parse(text)

function around(schedule: string, timeZone: string, moment: string): readonly unknown[] {
  const read = readSchedule(schedule, timeZone)
  if (typeof read === 'string') return [read]
  return [read.until(at(moment)), read.after(at(moment))].map((one) => one && isoTime(one))
}

describe('readSchedule()', () => {
  it.each([
    ['0 22 * * *', 'UTC', '2026-11-25T22:00:00Z', '2026-11-25T22:00:00.000Z', '2026-11-26T22:00:00.000Z'],
    ['0 22 * * *', 'UTC', '2026-11-25T21:59:59Z', '2026-11-24T22:00:00.000Z', '2026-11-25T22:00:00.000Z'],
    [
      '0 6 * * MON',
      'Asia/Tokyo',
      '2026-11-25T00:00:00Z',
      '2026-11-22T21:00:00.000Z',
      '2026-11-29T21:00:00.000Z',
    ],
    // Berlin leaves daylight saving on 2026-10-25.
    [
      '0 6 * * *',
      'Europe/Berlin',
      '2026-10-25T00:00:00Z',
      '2026-10-24T04:00:00.000Z',
      '2026-10-25T05:00:00.000Z',
    ],
  ])('of %s in %s knows the times around %s', (schedule, timeZone, moment, until, after) => {
    expect(around(schedule, timeZone, moment)).toEqual([until, after])
  })

  it.each([
    ['0 22 * *', 'UTC', 'write five fields'],
    ['0 0 22 * * *', 'UTC', 'write five fields'],
    ['@daily', 'UTC', 'write five fields'],
    ['0 0 L * *\u0000', 'UTC', 'write five fields'],
    ['61 * * * *', 'UTC', 'minute'],
    ['0 22 * * *', 'Mars/Olympus', 'is not a time zone'],
    [`0 22 * * ${'1,'.repeat(200)}1`, 'UTC', 'write five fields'],
  ])('of %s in %s says what is wrong', (schedule, timeZone, message) => {
    expect(readSchedule(schedule, timeZone)).toContain(message)
  })
})
