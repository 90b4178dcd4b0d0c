import { constructFromEvents, EVENT_ID, parseEvents, YAMLException, type Event } from 'js-yaml'
import { AppError } from '../../base/app-error.js'
import { KUBERNETES_SCHEMA } from './kubernetes-schema.js'

/** One document of a file: any JSON value. `line` counts from 1. */
export interface ParsedDocument {
  readonly value: unknown
  readonly line: number
}

/** Caps of one file, so that a bomb costs milliseconds and stops only its own application. */
const MAX_DEPTH = 100
const MAX_ALIASES = 1000
const MAX_MERGED_KEYS = 10_000
const MAX_DOCUMENTS = 10_000

/** The documents of a YAML or JSON file. BAD_USER_INPUT begins with "file:line:" and never quotes the content. */
export function parseDocuments(file: string, bytes: Uint8Array): readonly ParsedDocument[] {
  const text = decodeText(file, bytes)
  return file.endsWith('.json') ? parseJson(file, text) : parseYaml(file, text)
}

/** The error of a file, in the form that every message about a file has. */
export function fileError(file: string, line: number, why: string): AppError {
  return new AppError('BAD_USER_INPUT', `${file}:${line}: ${why}`)
}

function decodeText(file: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw fileError(file, 1, 'the file is not UTF-8 text')
  }
}

function parseYaml(file: string, text: string): readonly ParsedDocument[] {
  if (hasTooManyMarkers(text)) throw fileError(file, 1, `more than ${MAX_DOCUMENTS} documents`)
  try {
    const events = parseEvents(text, { maxDepth: MAX_DEPTH })
    const lines = documentLines(text, events)
    const values = constructFromEvents(events, {
      source: text,
      schema: KUBERNETES_SCHEMA,
      // The Kubernetes parser lets the last of two equal keys win.
      json: true,
      maxAliases: MAX_ALIASES,
      maxTotalMergeKeys: MAX_MERGED_KEYS,
    })
    return values.map((value, index) => ({ value, line: lines[index] ?? 1 }))
  } catch (error) {
    if (error instanceof YAMLException) {
      throw fileError(file, (error.mark?.line ?? 0) + 1, `the YAML cannot be read: ${error.reason}`)
    }
    throw error instanceof AppError ? error : fileError(file, 1, 'the YAML cannot be read')
  }
}

/** `---` at the begin of a line always begins a document; counting them is a thousand times cheaper than parsing. */
function hasTooManyMarkers(text: string): boolean {
  let count = text.startsWith('---') ? 1 : 0
  for (let at = text.indexOf('\n---'); at >= 0 && count <= MAX_DOCUMENTS; at = text.indexOf('\n---', at + 4))
    count += 1
  return count > MAX_DOCUMENTS
}

/** The line on which the content of each document begins. */
function documentLines(text: string, events: readonly Event[]): number[] {
  const lines: number[] = []
  let line = 1
  let counted = 0
  for (const [index, event] of events.entries()) {
    if (event.type !== EVENT_ID.DOCUMENT) continue
    const start = startOf(events[index + 1])
    for (; counted < start; counted += 1) if (text.charCodeAt(counted) === 10) line += 1
    lines.push(line)
  }
  return lines
}

function startOf(event: Event | undefined): number {
  if (event === undefined) return 0
  if (event.type === EVENT_ID.MAPPING || event.type === EVENT_ID.SEQUENCE) return event.start
  return event.type === EVENT_ID.SCALAR ? event.valueStart : 0
}

function parseJson(file: string, text: string): readonly ParsedDocument[] {
  if (text.trim() === '') return []
  try {
    return [{ value: JSON.parse(text) as unknown, line: 1 }]
  } catch (error) {
    throw fileError(file, lineOfJsonError(text, error), 'the JSON cannot be read')
  }
}

function lineOfJsonError(text: string, error: unknown): number {
  const position = /at position (\d+)/.exec(String(error))?.[1]
  return position === undefined ? 1 : text.slice(0, Number(position)).split('\n').length
}
