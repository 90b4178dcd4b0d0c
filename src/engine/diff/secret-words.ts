import type { Manifest } from '../manifest/manifest.js'
import { isList, isRecord } from '../manifest/read-json.js'
import { base64OfText, textOfBase64 } from './base64.js'

/** A shorter value is too common a word: what repeats it does so by chance. */
const SHORTEST = 4
/** Of a text that holds a whole Secret, as tools leave it in annotations; its values may be former ones. */
const WHOLE_SECRET = /(?:"kind"\s*:\s*|^\s*kind:\s*)"?Secret\b/m

/** The values of Secrets in each form in which some other field may repeat them. `undefined` and other kinds give none. */
export function secretWords(secrets: readonly (Manifest | undefined)[]): readonly string[] {
  const values = secrets.flatMap((one) => [...leaves(one?.['data']), ...leaves(one?.['stringData'])])
  const plain = values.flatMap((value) => [value, textOfBase64(value.replaceAll(/\s/g, '')) ?? ''])
  const words = plain.filter((word) => word.length >= SHORTEST).flatMap(formsOf)
  return [...new Set(words)]
}

/** Does the text repeat one of the words, or a whole Secret? */
export function repeatsSecret(text: string, words: readonly string[]): boolean {
  const bare = withoutEscapes(text)
  return WHOLE_SECRET.test(bare) || words.some((word) => text.includes(word) || bare.includes(word))
}

function formsOf(word: string): readonly string[] {
  const coded = base64OfText(word).replace(/=+$/, '')
  const web = coded.replaceAll('+', '-').replaceAll('/', '_')
  return [word, coded, web, withoutEscapes(word), encoded(word)].filter((form) => form.length >= SHORTEST)
}

/** JSON within JSON has as many of them as it is deep. */
function withoutEscapes(text: string): string {
  return text.replaceAll('\\', '')
}

/** A lone surrogate has no such form. */
function encoded(word: string): string {
  try {
    return encodeURIComponent(word)
  } catch {
    return word
  }
}

function leaves(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value]
  if (isList(value)) return value.flatMap(leaves)
  return isRecord(value) ? Object.values(value).flatMap(leaves) : []
}
