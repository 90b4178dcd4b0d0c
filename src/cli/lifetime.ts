import { parseDuration } from '../engine/application/parse-duration.js'
import { CliError } from './cli-error.js'

const DAY_MS = 86_400_000

/** Seconds of `30d`, `720h`, `1h30m`; a bare number is seconds. */
export function lifetimeSeconds(text: string): number {
  const days = /^(\d+)d$/.exec(text)?.[1]
  const milliseconds = days === undefined ? parseDuration(text) : Number(days) * DAY_MS
  if (milliseconds === undefined) {
    throw new CliError(`"${text}" is not a duration`, { hint: 'e.g. 30d, 720h or 90m' })
  }
  if (milliseconds === 0) {
    throw new CliError('a token must expire', { hint: '--expires-in 366d is the longest' })
  }
  return Math.round(milliseconds / 1000)
}
