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
  const part = (index: number): number => Number(match[index] ?? 0)
  const time = ((part(4) * 60 + part(5)) * 60 + part(6)) * 1000
  const fraction = Number((match[7] ?? '').padEnd(3, '0').slice(0, 3))
  return daysSince1970(part(1), part(2), part(3)) * DAY + time + fraction
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
