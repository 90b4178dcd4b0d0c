import type { Manifest } from '../manifest/manifest.js'
import { isList, isRecord, valueAt } from '../manifest/read-json.js'
import { canonicalText } from './canonical-text.js'
import type { Difference } from './difference.js'
import { foldStringData, isSecret, LAST_APPLIED } from './normalize.js'
import { repeatsSecret, secretWords } from './secret-words.js'

/** Stands for any value; of any length, so that not even the length shows. */
export const MASK = '++++++++'
/** Stands for a live value that is not the declared one under the same name. */
export const OTHER_MASK = '++++++++++++++++'

/** Fields of a Secret that hold no value of it; whatever else there is gets masked. */
const OPEN_FIELDS = new Set(['apiVersion', 'kind', 'metadata', 'type', 'immutable'])

export interface MaskedPair {
  readonly desired?: Manifest
  readonly live?: Manifest
}

/**
 * Both sides of an object as they may be shown (contract 1.2). Of a Secret every value becomes a mask, `stringData`
 * is shown as `data`, and a live value has MASK when it equals the declared one of the same name, OTHER_MASK when
 * not: equal values in other places cannot be recognised. Metadata that repeats a value, and an annotation of any kind
 * that holds a whole Secret, is masked too. All else of other kinds passes.
 */
export function maskSecret(desired: Manifest | undefined, live: Manifest | undefined): MaskedPair {
  const [declared, actual] = [folded(desired), folded(live)]
  const words = secretWords([desired, live].filter((side) => side !== undefined && isSecret(side)))
  return {
    ...(declared === undefined ? {} : { desired: masked(declared, undefined, words) }),
    ...(actual === undefined ? {} : { live: masked(actual, declared, words) }),
  }
}

/**
 * Differences of an object as they may be shown; `object` is either side of it, `other` the other one as far as it is known.
 * Those of other kinds pass, but for annotations that hold a Secret.
 */
export function maskDifferences(
  object: Manifest,
  differences: readonly Difference[],
  other?: Manifest,
): readonly Difference[] {
  const words = isSecret(object) ? secretWords([object, other]) : []
  const seen = isSecret(object) ? differences.map(maskDifference) : differences
  return seen.map((difference) => withoutRepeated(difference, words))
}

function withoutRepeated(difference: Difference, words: readonly string[]): Difference {
  if (!difference.path.startsWith('/metadata/')) return difference
  const { path, ...sides } = difference
  return { path, ...(maskedTexts(sides, words) as typeof sides) }
}

function maskDifference(difference: Difference): Difference {
  if (isOpen(difference.path)) return difference
  return {
    path: difference.path,
    ...('desired' in difference ? { desired: maskTree(difference.desired, undefined) } : {}),
    ...('live' in difference ? { live: maskTree(difference.live, difference.desired) } : {}),
  }
}

/** Open are the fields above, but not the annotation that repeats the whole Secret, nor a map that holds it. */
function isOpen(path: string): boolean {
  const [, field = '', ...rest] = path.split('/')
  if (!OPEN_FIELDS.has(field)) return false
  if (field !== 'metadata') return true
  return rest.length > 1 && !path.endsWith(LAST_APPLIED.replaceAll('/', '~1'))
}

function folded(manifest: Manifest | undefined): Manifest | undefined {
  if (manifest === undefined || !isSecret(manifest) || !isFoldable(manifest)) return manifest
  return foldStringData(manifest)
}

/** A damaged `data` (a text, a list) must not vanish behind a good `stringData`. */
function isFoldable(manifest: Manifest): boolean {
  return ['data', 'stringData'].every((field) => manifest[field] === undefined || isRecord(manifest[field]))
}

function masked(manifest: Manifest, other: Manifest | undefined, words: readonly string[]): Manifest {
  const shown = maskedMetadata(manifest.metadata, words)
  if (!isSecret(manifest)) return shown === manifest.metadata ? manifest : { ...manifest, metadata: shown }
  const { apiVersion, kind, metadata: _masked, ...rest } = manifest
  const fields = Object.entries(rest).map(([name, value]) => {
    return [name, OPEN_FIELDS.has(name) ? value : maskTree(value, valueAt(other, name))] as const
  })
  return { apiVersion, kind, metadata: withoutLastApplied(shown), ...Object.fromEntries(fields) }
}

/** Fields of the metadata in which people and tools write what they like. */
const WRITTEN = ['annotations', 'labels', 'managedFields'] as const

function maskedMetadata(metadata: Manifest['metadata'], words: readonly string[]): Manifest['metadata'] {
  const changed = WRITTEN.flatMap((field) => {
    const [before, after] = [metadata[field], maskedTexts(metadata[field], words)]
    return canonicalText(before) === canonicalText(after) ? [] : [[field, after] as const]
  })
  return changed.length === 0 ? metadata : { ...metadata, ...Object.fromEntries(changed) }
}

function maskedTexts(value: unknown, words: readonly string[]): unknown {
  if (typeof value === 'string') return repeatsSecret(value, words) ? MASK : value
  if (isList(value)) return value.map((item) => maskedTexts(item, words))
  if (!isRecord(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, maskedTexts(inner, words)]))
}

function withoutLastApplied(metadata: Manifest['metadata']): Manifest['metadata'] {
  if (metadata.annotations?.[LAST_APPLIED] === undefined) return metadata
  return { ...metadata, annotations: { ...metadata.annotations, [LAST_APPLIED]: MASK } }
}

/** Keeps the names of maps, hides everything else. */
function maskTree(value: unknown, other: unknown): unknown {
  if (isRecord(value)) {
    return Object.fromEntries(
      Object.keys(value).map((name) => [name, maskTree(value[name], valueAt(other, name))]),
    )
  }
  if (value === undefined || value === null || (isList(value) && value.length === 0)) return value
  return other === undefined || canonicalText(value) === canonicalText(other) ? MASK : OTHER_MASK
}
