import { readFile } from 'node:fs/promises'
import { CliError } from './cli-error.js'
import type { CliIo } from './cli-io.js'

/** A manifest as the CLI needs it. */
export interface CliDocument {
  readonly kind: string
  readonly metadata: {
    readonly name: string
    readonly namespace?: string
    readonly labels?: object
    readonly annotations?: object
  }
  readonly spec: Readonly<Record<string, unknown>>
}

/** The manifests of a YAML or JSON file; `-` is standard input. */
export async function readDocuments(file: string, io: CliIo): Promise<readonly CliDocument[]> {
  const text = file === '-' ? await io.stdin() : await readText(file)
  const { loadAll } = await import('js-yaml')
  let documents: readonly unknown[]
  try {
    documents = loadAll(text)
  } catch (error) {
    throw new CliError(`${file} is not YAML`, {
      reason: error instanceof Error ? error.message : String(error),
    })
  }
  return documents
    .filter((document) => document !== null && document !== undefined)
    .map((document) => checked(document, file))
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw new CliError(`cannot read ${file}`, {
      reason: error instanceof Error ? error.message : String(error),
    })
  }
}

function checked(document: unknown, file: string): CliDocument {
  if (isDocument(document)) return document
  throw new CliError(`${file} holds something that is no manifest`, {
    hint: 'each document needs kind, metadata.name and spec',
  })
}

function isDocument(value: unknown): value is CliDocument {
  if (!isObject(value)) return false
  const { kind, metadata, spec } = value
  return (
    typeof kind === 'string' && isObject(metadata) && typeof metadata['name'] === 'string' && isObject(spec)
  )
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}
