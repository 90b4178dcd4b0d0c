import { headerOf, type Answer } from './exchange.js'

/** Texts of `Warning: 299 - "…"` headers (RFC 7234 5.5); several may stand in one header. */
export function warningsOf(answer: Pick<Answer, 'headers'>): readonly string[] {
  const header = headerOf(answer, 'warning')
  if (header === undefined) return []
  return [...header.matchAll(/\d{3} \S+ "((?:[^"\\]|\\.)*)"/g)].map((match) =>
    (match[1] ?? '').replace(/\\(.)/g, '$1'),
  )
}
