/** A point in time: ISO 8601 in UTC, as rows carry it, or milliseconds since 1970, as a Clock gives it. */
export type Instant = string | number

const SHAPE = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:Z|\+00:00)$/
const DAY = 86_400_000

/**
 * Milliseconds since 1970. undefined for a text that is no UTC time: what cannot be read must count as never, not
 * as now.
 */
export function millisecondsOf(instant: Instant): number | undefined {
  if (typeof instant === 'number') return Number.isFinite(instant) ? instant : undefined
  const match = SHAPE.exec(instant)
  if (match === null) return undefined
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1, 7).map(Number)
  const fraction = Number(`0.${match[7] ?? '0'}`)
  const time = ((hour * 60 + minute) * 60 + second) * 1000 + Math.floor(fraction * 1000 + 1e-6)
  return daysSince1970(year, month, day) * DAY + time
}

/** Days of the Gregorian calendar; years begin in March so that the leap day comes last. */
function daysSince1970(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year
  const era = Math.floor(shifted / 400)
  const yearOfEra = shifted - era * 400
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * 146_097 + dayOfEra - 719_468
}
