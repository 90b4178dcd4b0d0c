import { canonicalServer } from './canonical-server.js'

const PARTS = /^(https?:\/\/[^/?#@\\\s]+)(\/[^?#]*)?$/
/** Servers resolve these, so what is written is not where it leads. */
const ELSEWHERE = /(^|\/)\.{1,2}(\/|$)|\\|%2e|%2f|%5c/

/**
 * The form in which a URL covers those below it (contract 1.9): lower case, without `.git` at the end. A slash at the
 * end stays: `…/org/` does not cover `…/org-labs/x`, `…/org` does. Undefined: no http or https URL, one that holds a
 * credential, or one whose path leads elsewhere than it reads.
 */
export function urlPrefix(url: string): string | undefined {
  const [, host, path = ''] = PARTS.exec(canonicalOrigin(url.trim().toLowerCase())) ?? []
  if (host === undefined || ELSEWHERE.test(path)) return undefined
  return `${host}${path.replace(/\.git\/*$/, '')}`
}

/**
 * The one with the longest prefix of those that cover the URL. The host counts as a whole: what is below
 * `https://git.test` is never at `https://git.test.evil.example`.
 */
export function longestCover<T extends { readonly prefix: string }>(
  url: string,
  candidates: readonly T[],
): T | undefined {
  const wanted = urlPrefix(url)
  if (wanted === undefined) return undefined
  return candidates
    .filter(({ prefix }) => covers(prefix, wanted))
    .reduce<T | undefined>((best, one) => (isLonger(one, best) ? one : best), undefined)
}

function isLonger(one: { readonly prefix: string }, best: { readonly prefix: string } | undefined): boolean {
  return best === undefined || one.prefix.length > best.prefix.length
}

function covers(prefix: string, wanted: string): boolean {
  return wanted.startsWith(prefix) && originOf(prefix) === originOf(wanted)
}

function originOf(prefix: string): string {
  return PARTS.exec(prefix)?.[1] ?? ''
}

/** Without the port that goes without saying; the path as it is. */
function canonicalOrigin(url: string): string {
  const [, host, path = ''] = PARTS.exec(url) ?? []
  return host === undefined ? url : `${canonicalServer(host)}${path}`
}
