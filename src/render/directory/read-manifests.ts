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
  if (!isRecord(value)) throw fileError(origin.file, origin.line, 'the document is not an object')
  const { apiVersion, kind, items } = value
  for (const [name, text] of Object.entries({ apiVersion, kind })) {
    if (typeof text !== 'string' || text === '') {
      throw fileError(origin.file, origin.line, `"${name}" is missing or not a text`)
    }
  }
  if (typeof kind === 'string' && kind.endsWith('List') && isList(items)) {
    if (depth >= MAX_LIST_DEPTH)
      throw fileError(origin.file, origin.line, 'lists within lists are nested too deeply')
    const itemKind = kind === 'List' ? undefined : kind.slice(0, -'List'.length)
    return items.flatMap((item) => expand(typed(item, apiVersion, itemKind), origin, depth + 1))
  }
  if (!isRecord(value['metadata'])) throw fileError(origin.file, origin.line, '"metadata" is missing')
  return [{ manifest: value as Manifest, origin }]
}

/** The items of a typed list (`ConfigMapList`) may leave out what the list says already. */
function typed(item: unknown, apiVersion: unknown, kind: string | undefined): unknown {
  return kind !== undefined && isRecord(item) ? { apiVersion, kind, ...item } : item
}
