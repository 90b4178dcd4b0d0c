const UNITS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
}

/** Nobody waits longer; larger values are typing errors. */
const MAX_LENGTH = 40

/**
 * Milliseconds of a Go duration (`5s`, `3m`, `1h30m`, `1.5h`); a bare number counts as seconds, as in Argo CD's retry
 * settings. Undefined when it is not one, or negative.
 */
export function parseDuration(text: string): number | undefined {
  if (text === '' || text.length > MAX_LENGTH) return undefined
  if (/^\d+$/.test(text)) return Number(text) * 1000
  const part = /(\d+\.?\d*|\.\d+)(ns|us|µs|ms|s|m|h)/y
  let total = 0
  while (part.lastIndex < text.length) {
    const found = part.exec(text)
    if (found === null) return undefined
    total += Number(found[1]) * (UNITS[found[2] ?? ''] ?? Number.NaN)
  }
  return Number.isFinite(total) ? total : undefined
}
