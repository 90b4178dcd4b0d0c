import type { Manifest, RenderedManifest } from '../../engine/manifest/manifest.js'
import { isList, isRecord } from '../../engine/manifest/read-json.js'
import { fileError, parseDocuments, type ParsedDocument } from './parse-documents.js'
import type { SizeBudget } from './size-budget.js'

const SKIP_MARK = '# +argocd:skip-file-rendering'
const MAX_LIST_DEPTH = 5

/** A manifest that is read with the file it is from, for messages. */
interface Origin {
  readonly file: string
  readonly line: number
}

/**
 * The objects of one file in document order, lists expanded. A well-formed file in which nothing looks like an object
 * (Helm values beside the manifests, say) has none; a file that is broken, or only partly made of objects, is an error.
 */
export function readManifests(
  file: string,
  bytes: Uint8Array,
  budget: SizeBudget,
): readonly RenderedManifest[] {
  if (isSkipped(bytes)) return []
  const documents = parseDocuments(file, bytes).filter(({ value }) => value !== null && value !== undefined)
  if (!documents.some(looksLikeObject)) return []
  return documents.flatMap(({ value, line }) => {
    const fault = budget.spend(value)
    if (fault !== undefined) throw fileError(file, line, fault)
    return expand(value, { file, line }, 0)
  })
}

function isSkipped(bytes: Uint8Array): boolean {
  const start = new TextDecoder().decode(bytes.subarray(0, SKIP_MARK.length + 3))
  return start.startsWith(SKIP_MARK)
}

function looksLikeObject({ value }: ParsedDocument): boolean {
  return isRecord(value) && (Object.hasOwn(value, 'apiVersion') || Object.hasOwn(value, 'kind'))
}

function expand(value: unknown, origin: Origin, depth: number): RenderedManifest[] {
  const fault = faultOf(value, depth)
  if (fault !== undefined || !isRecord(value)) {
    throw fileError(origin.file, origin.line, fault ?? 'the document is not an object')
  }
  const { apiVersion, items } = value
  if (!isListObject(value) || !isList(items)) return [{ manifest: value as Manifest, origin }]
  const kind = String(value['kind'])
  const itemKind = kind === 'List' ? undefined : kind.slice(0, -'List'.length)
  return items.flatMap((item) => expand(typed(item, apiVersion, itemKind), origin, depth + 1))
}

/** Only what every object needs: the rest is judged where the kinds of the cluster are known. */
function faultOf(value: unknown, depth: number): string | undefined {
  if (!isRecord(value)) return 'the document is not an object'
  const missing = ['apiVersion', 'kind'].find((name) => typeof value[name] !== 'string' || value[name] === '')
  if (missing !== undefined) return `"${missing}" is missing or not a text`
  if (!isListObject(value)) return isRecord(value['metadata']) ? undefined : '"metadata" is missing'
  return depth < MAX_LIST_DEPTH ? undefined : 'lists within lists are nested too deeply'
}

function isListObject(value: Readonly<Record<string, unknown>>): boolean {
  return String(value['kind']).endsWith('List') && isList(value['items'])
}

/** The items of a typed list (`ConfigMapList`) may leave out what the list says already. */
function typed(item: unknown, apiVersion: unknown, kind: string | undefined): unknown {
  return kind !== undefined && isRecord(item) ? { apiVersion, kind, ...item } : item
}
