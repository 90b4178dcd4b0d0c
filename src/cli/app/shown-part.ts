import { isRecord } from '../../engine/manifest/read-json.js'
import type { Flags } from '../flags.js'
import { documentText, unknownFormat } from '../output/print.js'
import { table } from '../output/table.js'

/** An object as the server answers it. */
export type Live = Readonly<Record<string, unknown>>

/** Without what only the server writes for itself, or the fields of `--filter-fields` alone. */
export function shownPart(object: Live, flags: Flags): Live {
  const whole = flags.isOn('showManagedFields') ? object : withoutManagedFields(object)
  const fields = flags.list('filterFields').flatMap((text) => text.split(','))
  if (fields.length === 0) return whole
  return Object.fromEntries(fields.map((field) => [field, valueOf(whole, field)]))
}

function withoutManagedFields(object: Live): Live {
  const { metadata } = object
  if (!isRecord(metadata)) return object
  return {
    ...object,
    metadata: Object.fromEntries(Object.entries(metadata).filter(([name]) => name !== 'managedFields')),
  }
}

function valueOf(object: Live, field: string): unknown {
  return field
    .split('.')
    .reduce<unknown>((value, step) => (isRecord(value) ? value[step] : undefined), object)
}

/** Objects in the format of `-o`: every value on a line of its own, YAML documents, or JSON. */
export async function liveText(objects: readonly Live[], format: string): Promise<string> {
  if (format === 'yaml') {
    const documents = await Promise.all(objects.map((object) => documentText(object, 'yaml')))
    return documents.map((text) => `---\n${text}`).join('')
  }
  if (format === 'json') return documentText(objects.length === 1 ? objects[0] : objects, 'json')
  if (format !== 'wide') throw unknownFormat(format)
  const rows = objects.flatMap((object, at) => [
    ...(at === 0 ? [] : [['']]),
    ...leavesOf('', object).map(([field, value]) => [`${field}:`, value]),
  ])
  return table([], rows)
}

/** Every single value with its path, one line each. */
function leavesOf(path: string, value: unknown): readonly (readonly [string, string])[] {
  if (value === null || typeof value !== 'object') return value === undefined ? [] : [[path, String(value)]]
  return Object.entries(value).flatMap(([name, below]) =>
    leavesOf(path === '' ? name : `${path}.${name}`, below),
  )
}
