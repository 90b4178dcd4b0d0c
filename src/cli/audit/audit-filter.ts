import { CliError } from '../cli-error.js'
import type { Flags } from '../flags.js'

const TEXTS = ['actor', 'action', 'object', 'project', 'text'] as const
const OUTCOMES = ['ACCEPTED', 'DENIED', 'FAILED']
const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

export type AuditFilter = Readonly<Record<string, string>>

/** The filter that the flags say; `now` is what `--since` counts back from. */
export function auditFilter(flags: Flags, now: number): AuditFilter {
  const filter: Record<string, string> = {}
  for (const name of TEXTS) {
    const value = flags.text(name)
    if (value !== undefined) filter[name] = value
  }
  const outcome = flags.text('outcome')?.toUpperCase()
  if (outcome !== undefined && !OUTCOMES.includes(outcome)) {
    throw new CliError(`there is no outcome "${outcome}"`, { hint: '--outcome accepted, denied or failed' })
  }
  if (outcome !== undefined) filter['outcome'] = outcome
  const from = flags.text('since') === undefined ? flags.text('from') : since(flags.required('since'), now)
  if (from !== undefined) filter['from'] = moment('from', from)
  const to = flags.text('to')
  if (to !== undefined) filter['to'] = moment('to', to)
  return filter
}

function since(text: string, now: number): string {
  const [, count, unit = ''] = /^(\d+)([smhd])$/.exec(text) ?? []
  if (count === undefined) throw new CliError(`"${text}" is no duration`, { hint: '--since 90m, 24h or 7d' })
  return new Date(now - Number(count) * (UNITS[unit] ?? 0)).toISOString()
}

function moment(flag: string, text: string): string {
  const time = Date.parse(text)
  if (Number.isNaN(time)) {
    throw new CliError(`"${text}" is no moment`, { hint: `--${flag} 2026-01-31 or 2026-01-31T12:00:00Z` })
  }
  return new Date(time).toISOString()
}
