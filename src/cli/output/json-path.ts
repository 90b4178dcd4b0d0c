import { CliError } from '../cli-error.js'

/** A piece of a template: literal text, a path, or the repetition of pieces for each value of a path. */
type Piece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'path'; readonly path: string }
  | { readonly kind: 'range'; readonly path: string; readonly pieces: readonly Piece[] }

type Query = (path: string, value: unknown) => readonly unknown[]

/**
 * The text that a template in the manner of `kubectl -o jsonpath=` makes of a document: text, `{.a.b[*].c}` (RFC 9535
 * behind the brace, `$` may be left out), `{"literal"}` and `{range .items[*]}…{end}`. A template without braces is one
 * path. Several values are one blank apart; objects and arrays are JSON.
 */
export async function jsonPathText(template: string, document: unknown): Promise<string> {
  const { query } = await import('json-p3')
  const ask: Query = (path, value) => {
    try {
      return query(rooted(path), value as Parameters<typeof query>[1]).values()
    } catch (error) {
      throw wrong(`"${path}" is not a JSONPath`, error instanceof Error ? error.message : String(error))
    }
  }
  const pieces = parse(template.includes('{') ? template : `{${template}}`)
  return written(pieces, JSON.parse(JSON.stringify(document ?? null)), ask)
}

function written(pieces: readonly Piece[], value: unknown, ask: Query): string {
  return pieces.map((piece) => writtenPiece(piece, value, ask)).join('')
}

function writtenPiece(piece: Piece, value: unknown, ask: Query): string {
  if (piece.kind === 'text') return piece.text
  const values = ask(piece.path, value)
  if (piece.kind === 'path') return values.map(textOf).join(' ')
  return values.map((one) => written(piece.pieces, one, ask)).join('')
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  return value === null ? '' : JSON.stringify(value)
}

/** `.a`, `a`, `@.a` and `$.a` all begin at the value at hand. */
function rooted(path: string): string {
  if (path.startsWith('$')) return path
  if (path === '' || path === '.' || path === '@') return '$'
  if (path.startsWith('@')) return `$${path.slice(1)}`
  return path.startsWith('.') || path.startsWith('[') ? `$${path}` : `$.${path}`
}

interface Frame {
  readonly path: string
  readonly pieces: Piece[]
}

function parse(template: string): readonly Piece[] {
  const frames: Frame[] = [{ path: '', pieces: [] }]
  for (const token of tokens(template)) open(frames, token)
  const [root, ...left] = frames
  if (root === undefined || left.length > 0) throw wrong('{range} has no {end}')
  return root.pieces
}

function open(frames: Frame[], token: { readonly text: string; readonly braced: boolean }): void {
  const frame = frames.at(-1)
  if (frame === undefined) throw wrong('{end} has no {range}')
  if (!token.braced) frame.pieces.push({ kind: 'text', text: token.text })
  else if (token.text.startsWith('range ')) frames.push({ path: token.text.slice(6).trim(), pieces: [] })
  else if (token.text === 'end') close(frames)
  else frame.pieces.push(literal(token.text) ?? { kind: 'path', path: token.text })
}

function close(frames: Frame[]): void {
  const ended = frames.pop()
  const parent = frames.at(-1)
  if (ended === undefined || parent === undefined) throw wrong('{end} has no {range}')
  parent.pieces.push({ kind: 'range', path: ended.path, pieces: ended.pieces })
}

function literal(text: string): Piece | undefined {
  if (!/^(".*"|'.*')$/s.test(text)) return undefined
  return { kind: 'text', text: unescaped(text.slice(1, -1)) }
}

function* tokens(template: string): Generator<{ readonly text: string; readonly braced: boolean }> {
  let at = 0
  while (at < template.length) {
    const brace = template.indexOf('{', at)
    if (brace > at || brace < 0) {
      yield { text: unescaped(template.slice(at, brace < 0 ? undefined : brace)), braced: false }
    }
    if (brace < 0) return
    const end = endOfBrace(template, brace)
    yield { text: template.slice(brace + 1, end).trim(), braced: true }
    at = end + 1
  }
}

/** The brace that closes: one within quotes does not. */
function endOfBrace(template: string, from: number): number {
  let quote = ''
  for (let at = from + 1; at < template.length; at += 1) {
    const character = template.charAt(at)
    if (quote !== '') {
      if (character === '\\') at += 1
      else if (character === quote) quote = ''
    } else if (character === '"' || character === "'") quote = character
    else if (character === '}') return at
  }
  throw wrong(`the brace at character ${from + 1} is not closed`)
}

function unescaped(text: string): string {
  return text.replace(/\\([nt"'\\])/g, (_all, letter: string) => ESCAPES[letter] ?? letter)
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t' }

function wrong(message: string, reason?: string): CliError {
  return new CliError(`-o jsonpath: ${message}`, {
    ...(reason !== undefined && { reason }),
    hint: `-o jsonpath='{[*].metadata.name}' for a list, '{.spec.project}' for one`,
  })
}
