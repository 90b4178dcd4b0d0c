import { AppError } from '../../base/app-error.js'

/** Labels or annotations out of JSON: texts only. Absent and null mean unchanged. */
export function stringRecord(field: string, value: unknown): Readonly<Record<string, string>> | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'object' || Array.isArray(value)) throw wrong(field)
  const entries = Object.entries(value)
  if (!entries.every((entry): entry is [string, string] => typeof entry[1] === 'string')) throw wrong(field)
  return Object.fromEntries(entries)
}

function wrong(field: string): AppError {
  return new AppError('BAD_USER_INPUT', `"${field}" must be an object whose values are texts.`)
}
