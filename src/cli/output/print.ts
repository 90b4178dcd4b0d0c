import { CliError } from '../cli-error.js'
import type { CommandContext } from '../command-context.js'
import { table } from './table.js'

/** How one kind of thing looks in each format. */
export interface Printable<T> {
  readonly header: readonly string[]
  readonly row: (item: T) => readonly string[]
  /** Columns that `-o wide` adds. */
  readonly wideHeader?: readonly string[]
  readonly wideRow?: (item: T) => readonly string[]
  readonly name: (item: T) => string
  /** What `-o json` and `-o yaml` show; default the item. */
  readonly document?: (item: T) => unknown
}

/** Prints a list in the format of `-o`: a table, `wide`, `name`, `json`, `yaml` or `jsonpath=…`. */
export async function printList<T>(
  context: CommandContext,
  items: readonly T[],
  shape: Printable<T>,
): Promise<void> {
  const format = context.flags.text('output') ?? ''
  if (format === 'name') {
    context.io.out(items.map((item) => `${shape.name(item)}\n`).join(''))
    return
  }
  if (isDocumentFormat(format)) {
    const documents = items.map((item) => (shape.document === undefined ? item : shape.document(item)))
    context.io.out(await documentText(documents, format))
    return
  }
  if (format !== '' && format !== 'wide') throw unknownFormat(format)
  const wide = format === 'wide'
  const header = wide ? [...shape.header, ...(shape.wideHeader ?? [])] : shape.header
  const rows = items.map((item) =>
    wide ? [...shape.row(item), ...(shape.wideRow?.(item) ?? [])] : shape.row(item),
  )
  context.io.out(table(context.flags.given('headers') === false ? [] : header, rows))
}

/** Is the format one of `documentText`? */
export function isDocumentFormat(format: string): boolean {
  return format === 'json' || format === 'yaml' || format.startsWith(JSON_PATH)
}

const JSON_PATH = 'jsonpath='

/** One document as JSON, YAML or what `jsonpath=TEMPLATE` makes of it. */
export async function documentText(document: unknown, format: string): Promise<string> {
  if (format.startsWith(JSON_PATH)) {
    const { jsonPathText } = await import('./json-path.js')
    return `${(await jsonPathText(format.slice(JSON_PATH.length), document)).replace(/\n$/, '')}\n`
  }
  if (format === 'json') return `${JSON.stringify(document, null, 2)}\n`
  if (format !== 'yaml') throw unknownFormat(format)
  const { dump } = await import('js-yaml')
  return dump(JSON.parse(JSON.stringify(document)), { lineWidth: -1 })
}

export function unknownFormat(format: string): CliError {
  return new CliError(`the output format "${format}" does not exist`, {
    hint: '-o json, yaml, name, wide or jsonpath=TEMPLATE',
  })
}
