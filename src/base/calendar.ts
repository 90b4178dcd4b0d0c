import { Cron } from 'croner'

/** When a schedule comes round; milliseconds since 1970. Undefined = never (within the years that are looked at). */
export interface Schedule {
  /** The first time after that moment. */
  readonly after: (moment: number) => number | undefined
  /** The last time before that moment, or at it. */
  readonly until: (moment: number) => number | undefined
}

const FIELDS = 5
const FIELD = /^[0-9a-z*/,?-]+$/i
const MAX_LENGTH = 256

/**
 * Reads a cron schedule of five fields (minute, hour, day, month, weekday; no seconds, no `@daily`) in an IANA time
 * zone, daylight saving included. A sentence without a period says what is wrong. Pure: same moments in, same moments
 * out.
 */
export function readSchedule(text: string, timeZone: string): Schedule | string {
  const fields = text.trim().split(/\s+/)
  if (text.length > MAX_LENGTH || fields.length !== FIELDS || !fields.every((field) => FIELD.test(field))) {
    return `"${text.slice(0, MAX_LENGTH)}" is not a schedule; write five fields: minute hour day month weekday, e.g. "0 22 * * *"`
  }
  const pattern = fields.map((field) => field.replaceAll('?', '*')).join(' ')
  try {
    const cron = new Cron(pattern, { timezone: timeZone, mode: '5-part' })
    const schedule: Schedule = {
      after: (moment) => cron.nextRun(instant(moment))?.getTime(),
      // What ran in the very minute counts, so it looks from just behind it.
      until: (moment) => cron.previousRuns(1, instant(moment + 1))[0]?.getTime(),
    }
    schedule.after(0)
    return schedule
  } catch (error) {
    return isTimeZone(timeZone)
      ? `"${text}" is not a schedule (${error instanceof Error ? error.message.replace(/^CronPattern: /, '').replace(/\.$/, '') : 'it cannot be read'})`
      : `"${timeZone}" is not a time zone; write one as "Europe/Berlin" or "UTC"`
  }
}

/** As in ISO 8601, e.g. `2026-11-25T04:00:00.000Z`. */
export function isoTime(moment: number): string {
  return instant(moment).toISOString()
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

function instant(moment: number): Date {
  // oxlint-disable-next-line no-restricted-globals -- a moment that was handed in, not the time of day
  return new Date(moment)
}
