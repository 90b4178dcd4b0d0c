import { didYouMean } from './did-you-mean.js'
import type { FieldProblem } from './field-problem.js'

/** Reads one value; notes what is wrong and answers undefined then. Absent and `null` values never reach a reader. */
export type Reader<T> = (value: unknown, place: Place) => T | undefined

/** Where a value stands, and where problems are noted. */
export interface Place {
  readonly path: string
  readonly problems: FieldProblem[]
}

/** A reader for every field of T, in the order in which they are read. */
export type Fields<T> = { readonly [K in keyof T]-?: Reader<NonNullable<T[K]>> }

/** Notes a problem and answers undefined, so that readers can end with it. */
export function refuse(place: Place, message: string): undefined {
  place.problems.push({ path: place.path, message })
  return undefined
}

/** Is it a map of fields (not a list, not null)? */
function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * A map with exactly these fields; unknown ones are refused with the name that was probably meant. `others` are fields
 * that leave no trace in the result: ignored or unsupported ones.
 */
export function fieldsOf<T>(
  fields: Fields<T>,
  required: readonly (keyof T & string)[] = [],
  others: Readonly<Record<string, Reader<never>>> = {},
): Reader<T> {
  const readers = new Map<string, Reader<unknown>>([
    ...Object.entries<Reader<unknown>>(fields),
    ...Object.entries(others),
  ])
  const needed = new Set<string>(required)
  return (value, place) => {
    if (!isRecord(value)) return refuse(place, `must be a map of fields, not ${kindOf(value)}.`)
    const before = place.problems.length
    for (const name of Object.keys(value))
      if (!readers.has(name)) refuseUnknown(name, [...readers.keys()], place)
    const read: Record<string, unknown> = {}
    for (const [name, reader] of readers) {
      const result = readField(value, { name, reader, needed: needed.has(name) }, place)
      if (result !== undefined) read[name] = result
    }
    // The readers above produced each field, and no problem means that none is missing.
    return place.problems.length === before ? (read as T) : undefined
  }
}

interface Field {
  readonly name: string
  readonly reader: Reader<unknown>
  readonly needed: boolean
}

function readField(value: Readonly<Record<string, unknown>>, field: Field, place: Place): unknown {
  const inner = inside(place, field.name)
  const before = place.problems.length
  const raw = Object.hasOwn(value, field.name) ? value[field.name] : undefined
  const result = raw === undefined || raw === null ? undefined : field.reader(raw, inner)
  if (result === undefined && field.needed && place.problems.length === before)
    refuse(inner, 'is missing; add it.')
  return result
}

/** The place of a field inside another. */
export function inside(place: Place, name: string): Place {
  return { path: place.path === '' ? name : `${place.path}.${name}`, problems: place.problems }
}

function refuseUnknown(name: string, known: readonly string[], place: Place): void {
  const meant = didYouMean(name, known)
  const advice =
    meant === undefined ? `Remove it; known here: ${known.join(', ')}.` : `Did you mean "${meant}"?`
  refuse(inside(place, name), `is not a known field. ${advice}`)
}

/** Text; `''` counts as absent, as in Kubernetes. */
export const text: Reader<string> = (value, place) => {
  if (typeof value !== 'string') return refuse(place, `must be text, not ${kindOf(value)}; put it in quotes.`)
  return value === '' ? undefined : value
}

export const flag: Reader<boolean> = (value, place) =>
  typeof value === 'boolean' ? value : refuse(place, `must be true or false, not ${kindOf(value)}.`)

/** A whole number, not below `least`. */
export function wholeNumber(least: number): Reader<number> {
  return (value, place) => {
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= least) return value
    const limit = least === Number.MIN_SAFE_INTEGER ? '' : ` of at least ${least}`
    return refuse(place, `must be a whole number${limit}.`)
  }
}

/** Text that passes a check; `check` answers what is wrong as a sentence, or undefined. */
export function checked(check: (value: string) => string | undefined): Reader<string> {
  return (value, place) => {
    const read = text(value, place)
    const problem = read === undefined ? undefined : check(read)
    return problem === undefined ? read : refuse(place, problem)
  }
}

export function listOf<T>(item: Reader<T>): Reader<readonly T[]> {
  return (value, place) => {
    if (!Array.isArray(value)) return refuse(place, `must be a list, not ${kindOf(value)}.`)
    const before = place.problems.length
    const items = value.map((one: unknown, index) =>
      item(one, { path: `${place.path}[${index}]`, problems: place.problems }),
    )
    return place.problems.length === before ? items.filter((one) => one !== undefined) : undefined
  }
}

/** A map of texts, such as labels. */
export const textMap: Reader<Readonly<Record<string, string>>> = (value, place) => {
  if (!isRecord(value)) return refuse(place, `must be a map of texts, not ${kindOf(value)}.`)
  const before = place.problems.length
  const entries: [string, string][] = []
  for (const [name, one] of Object.entries(value)) {
    if (typeof one === 'string') entries.push([name, one])
    else refuse(inside(place, name), `must be text, not ${kindOf(one)}; put it in quotes.`)
  }
  return place.problems.length === before ? Object.fromEntries(entries) : undefined
}

/** A map that must pass a check of its raw fields too; the check notes its problems itself. */
export function alsoChecked<T>(
  reader: Reader<T>,
  check: (raw: Readonly<Record<string, unknown>>, place: Place) => void,
): Reader<T> {
  return (value, place) => {
    const before = place.problems.length
    const read = reader(value, place)
    if (isRecord(value)) check(value, place)
    return place.problems.length === before ? read : undefined
  }
}

/** Is there something at this field: not absent, not null, not ''? */
export function isSet(raw: Readonly<Record<string, unknown>>, name: string): boolean {
  const value = Object.hasOwn(raw, name) ? raw[name] : undefined
  return value !== undefined && value !== null && value !== ''
}

/** A field of Argo CD that cannot be honoured yet: refused, since leaving it out would change what is deployed. */
export function unsupported(what: string): Reader<never> {
  return (_value, place) => refuse(place, `is not supported yet: ${what}. Remove it to go on.`)
}

/** Accepted and left out: it means nothing here. */
export const ignored: Reader<never> = () => undefined

function kindOf(value: unknown): string {
  if (value === null) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'a map'
  if (typeof value === 'string') return 'text'
  if (typeof value === 'number') return 'a number'
  return typeof value === 'boolean' ? 'true or false' : 'this'
}
