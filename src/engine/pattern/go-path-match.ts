type Piece =
  { readonly kind: 'one'; readonly accepts: (character: string) => boolean } | { readonly kind: 'star' }

interface Cursor {
  readonly characters: readonly string[]
  at: number
}

/**
 * Compiles a pattern of Go's `path.Match` (contract 3.3): `*` and `?` stop at `/`, classes like `[a-cx]` and `[^a]`,
 * `\` escapes. Undefined when the pattern is malformed. Time is at most pattern × text.
 */
export function compilePathMatch(pattern: string): ((text: string) => boolean) | undefined {
  const cursor: Cursor = { characters: [...pattern], at: 0 }
  const pieces: Piece[] = []
  while (cursor.at < cursor.characters.length) {
    const piece = readPiece(cursor)
    if (piece === undefined) return undefined
    pieces.push(piece)
  }
  return (text) => matchPieces(pieces, [...text])
}

function readPiece(cursor: Cursor): Piece | undefined {
  const character = cursor.characters[cursor.at] ?? ''
  cursor.at += 1
  if (character === '*') return { kind: 'star' }
  if (character === '?') return { kind: 'one', accepts: (found) => found !== '/' }
  if (character === '[') return readClass(cursor)
  if (character !== '\\') return { kind: 'one', accepts: (found) => found === character }
  const escaped = cursor.characters[cursor.at]
  cursor.at += 1
  return escaped === undefined ? undefined : { kind: 'one', accepts: (found) => found === escaped }
}

function readClass(cursor: Cursor): Piece | undefined {
  const negated = cursor.characters[cursor.at] === '^'
  if (negated) cursor.at += 1
  const ranges: { readonly low: number; readonly high: number }[] = []
  while (cursor.characters[cursor.at] !== ']' || ranges.length === 0) {
    const low = readMember(cursor)
    if (low === undefined) return undefined
    let high: number | undefined = low
    if (cursor.characters[cursor.at] === '-') {
      cursor.at += 1
      high = readMember(cursor)
    }
    if (high === undefined) return undefined
    ranges.push({ low, high })
  }
  cursor.at += 1
  const contains = (code: number): boolean => ranges.some(({ low, high }) => code >= low && code <= high)
  return {
    kind: 'one',
    accepts: (found) => found !== '/' && contains(found.codePointAt(0) ?? -1) !== negated,
  }
}

/** One character of a class; `]` and `-` must be escaped there. */
function readMember(cursor: Cursor): number | undefined {
  let character = cursor.characters[cursor.at]
  if (character === undefined || character === '-' || character === ']') return undefined
  cursor.at += 1
  if (character === '\\') {
    character = cursor.characters[cursor.at]
    cursor.at += 1
  }
  return character?.codePointAt(0)
}

/** Greedy with one point of return, the latest star: earlier stars never need to give back. */
function matchPieces(pieces: readonly Piece[], text: readonly string[]): boolean {
  let piece = 0
  let at = 0
  let star = -1
  let resume = 0
  while (at < text.length) {
    const current = pieces[piece]
    if (current?.kind === 'star') {
      star = piece
      resume = at
      piece += 1
    } else if (current !== undefined && current.accepts(text[at] ?? '')) {
      piece += 1
      at += 1
    } else {
      if (star < 0 || text[resume] === '/') return false
      resume += 1
      at = resume
      piece = star + 1
    }
  }
  return pieces.slice(piece).every((left) => left.kind === 'star')
}
