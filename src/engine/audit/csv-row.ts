/** What a spreadsheet takes for a formula, also behind spaces or in their full width. */
const FORMULA = /^[\s]*[=+\-@|%\uFF1D\uFF0B\uFF0D\uFF20]|^[\t\r\n]/

/**
 * One line of CSV (RFC 4180), CRLF at its end. A field that a spreadsheet would run as a formula gets an apostrophe in
 * front: names of applications and accounts are chosen by people.
 */
export function csvRow(fields: readonly (string | undefined)[]): string {
  return `${fields.map((field) => csvField(field ?? '')).join(',')}\r\n`
}

function csvField(text: string): string {
  const safe = FORMULA.test(text) ? `'${text}` : text
  return /[",\r\n]|^\s|\s$|^'/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
