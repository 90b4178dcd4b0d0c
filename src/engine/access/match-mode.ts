import { RE2JS } from 're2js'
import { compileGlob, globProblem } from '../pattern/gobwas-glob.js'

/** How the words of a policy line are read (contract 1.11): a glob whose `*` crosses `/`, or an unanchored expression. */
export type MatchMode = 'glob' | 'regex'

export const MATCH_MODES: readonly MatchMode[] = ['glob', 'regex']

/** A pattern that cannot be read matches nothing: check it with {@link patternProblem}. Time is linear in the text. */
export function compilePattern(mode: MatchMode, pattern: string): (text: string) => boolean {
  if (mode === 'glob') return compileGlob(pattern)
  const expression = readExpression(pattern)
  return typeof expression === 'string' ? () => false : (text) => expression.matcher(text).find()
}

/** What is wrong with a pattern, as half a sentence; undefined when it can be used. */
export function patternProblem(mode: MatchMode, pattern: string): string | undefined {
  if (mode === 'glob') return globProblem(pattern)
  const expression = readExpression(pattern)
  return typeof expression === 'string' ? expression : undefined
}

/** The expressions of Go (RE2): nothing that a long text could stall. */
function readExpression(pattern: string): RE2JS | string {
  try {
    return RE2JS.compile(pattern)
  } catch (error) {
    return error instanceof Error ? error.message : 'it is no regular expression'
  }
}

const GLOB_LITERAL = /^[^*?[\]{}\\]*$/
const GLOB_SPECIAL = /[*?[\]{}\\]/

/** Does the pattern match its own text and nothing else? */
export function isLiteral(mode: MatchMode, pattern: string): boolean {
  return mode === 'glob' && GLOB_LITERAL.test(pattern)
}

/** What every text that a glob matches begins and ends with; both may be empty, and they may overlap in a short text. */
export function literalEnds(glob: string): { readonly start: string; readonly end: string } {
  const start = glob.search(GLOB_SPECIAL)
  if (start < 0) return { start: glob, end: '' }
  let end = glob.length
  while (!GLOB_SPECIAL.test(glob.charAt(end - 1))) end -= 1
  return { start: glob.slice(0, start), end: glob.slice(end) }
}

/** Does the pattern match every text? Not found for each such pattern; true only when it is certain. */
export function matchesAll(mode: MatchMode, pattern: string): boolean {
  return mode === 'glob' ? pattern === '*' || pattern === '**' : pattern === '.*' || pattern === '^.*$'
}
