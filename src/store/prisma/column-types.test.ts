import fc from 'fast-check'
import pg from 'pg'
import { describe, expect, it } from 'vitest'
import { COLUMN_TYPES } from './column-types.js'

const TIMESTAMPTZ = 1184
const ours = COLUMN_TYPES.getTypeParser(TIMESTAMPTZ, 'text')
const theirs = pg.types.getTypeParser(TIMESTAMPTZ, 'text')

describe('COLUMN_TYPES', () => {
  it('reads every time as pg does', () => {
    const time = fc.date({ min: new Date('0100-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
    fc.assert(
      fc.property(time, fc.integer({ min: 0, max: 6 }), (at, digits) => {
        const text = `${at.toISOString().replace('T', ' ').slice(0, 19)}${fraction(at, digits)}+00`
        expect(ours(text)).toEqual(theirs(text))
      }),
    )
  })

  it.each([
    'infinity',
    '-infinity',
    '0044-03-15 12:00:00+00 BC',
    '12026-01-01 00:00:00+00',
    '2026-01-01 02:00:00+02',
  ])('leaves %s to pg', (text) => {
    expect(ours(text)).toEqual(theirs(text))
  })

  it('leaves other types to pg', () => {
    expect(COLUMN_TYPES.getTypeParser(23, 'text')('7')).toBe(7)
  })
})

/** Postgres leaves out zeros at the end, and the point when nothing is left. */
function fraction(at: Date, digits: number): string {
  const text = String(at.getUTCMilliseconds()).padStart(3, '0').padEnd(6, '7').slice(0, digits)
  return text === '' ? '' : `.${text}`
}
