import { readSchedule } from '../../base/calendar.js'
import { parseDuration } from '../application/parse-duration.js'
import {
  alsoChecked,
  checked,
  fieldsOf,
  flag,
  inside,
  listOf,
  refuse,
  text,
  type Reader,
} from '../application/read-fields.js'
import { globProblem } from '../pattern/gobwas-glob.js'
import type { SyncWindow } from './project.js'

const MAX_DURATION_MS = 366 * 24 * 3_600_000

/** A glob of names; a `!` means nothing special here. */
const nameGlob = checked((pattern) => {
  const problem = globProblem(pattern)
  return problem === undefined ? undefined : `is not a pattern: ${problem}. Escape the character with "\\".`
})

const kind: Reader<SyncWindow['kind']> = (value, place) =>
  value === 'allow' || value === 'deny'
    ? value
    : refuse(place, `must be "allow" or "deny", not ${JSON.stringify(value)}.`)

const duration = checked((written) => {
  // A bare number is seconds elsewhere; Argo CD refuses it here.
  const length = /^\d+$/.test(written) ? undefined : parseDuration(written)
  if (length === undefined || length < 1000)
    return `"${written}" is not a duration; write e.g. "90m", "2h" or "1h30m".`
  return length > MAX_DURATION_MS ? `"${written}" is longer than a year; shorten it.` : undefined
})

const fields = fieldsOf<SyncWindow>(
  {
    kind,
    schedule: text,
    duration,
    applications: listOf(nameGlob),
    namespaces: listOf(nameGlob),
    clusters: listOf(nameGlob),
    manualSync: flag,
    timeZone: text,
    andOperator: flag,
    syncOverrun: flag,
    description: text,
  },
  ['kind', 'schedule', 'duration'],
)

/** One entry of `syncWindows` (contract 1.4, Sync windows). */
export const syncWindow: Reader<SyncWindow> = alsoChecked(fields, ({ schedule, timeZone }, place) => {
  if (typeof schedule !== 'string' || schedule === '') return
  const zone = typeof timeZone === 'string' && timeZone !== '' ? timeZone : 'UTC'
  const read = readSchedule(schedule, zone)
  if (typeof read === 'string') {
    const field = read.includes('time zone') ? 'timeZone' : 'schedule'
    refuse(inside(place, field), `${read}.`)
  } else if (read.after(0) === undefined) {
    refuse(inside(place, 'schedule'), `"${schedule}" never comes round; correct its day or month.`)
  }
})
