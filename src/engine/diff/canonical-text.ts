import { isList, isRecord } from '../manifest/read-json.js'

/**
 * JSON with sorted keys and without undefined members: equal values give equal texts, so it can be hashed and
 * compared. Order of lists counts.
 */
export function canonicalText(value: unknown): string {
  if (isList(value)) return `[${value.map((item) => canonicalText(item ?? null)).join(',')}]`
  if (!isRecord(value)) return JSON.stringify(value ?? null)
  const members = Object.keys(value)
    .filter((name) => value[name] !== undefined)
    .sort()
    .map((name) => `${JSON.stringify(name)}:${canonicalText(value[name])}`)
  return `{${members.join(',')}}`
}
