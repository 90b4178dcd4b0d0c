/** One piece of a parsed glob. `star` crosses nothing but the separators, `set` is one character. */
export type GlobNode =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'star'; readonly crossesSeparators: boolean }
  | { readonly kind: 'any' }
  | { readonly kind: 'set'; readonly negated: boolean; readonly contains: (character: string) => boolean }
  | { readonly kind: 'alternatives'; readonly branches: readonly (readonly GlobNode[])[] }

/** Nested braces deeper than this are refused: nobody writes them by hand. */
const MAX_DEPTH = 20
const MAX_LENGTH = 2000

interface Cursor {
  readonly characters: readonly string[]
  at: number
}

/**
 * Reads a glob by the grammar of gobwas (contract 3.3): `*`, `**`, `?`, `[a-z]`, `[abc]`, `[!…]`, `{a,b}` nested, `\`
 * escapes. A class is either one range or a list, never both. Answers the nodes, or a sentence that says what is wrong.
 */
export function parseGlob(pattern: string): readonly GlobNode[] | string {
  if (pattern.length > MAX_LENGTH) return `the pattern is longer than ${MAX_LENGTH} characters`
  const cursor: Cursor = { characters: [...pattern], at: 0 }
  return parseSequence(cursor, 0)
}

function parseSequence(cursor: Cursor, depth: number): readonly GlobNode[] | string {
  const nodes: GlobNode[] = []
  while (cursor.at < cursor.characters.length) {
    const character = cursor.characters[cursor.at] ?? ''
    if (depth > 0 && (character === ',' || character === '}')) return nodes
    const node = parseNode(cursor, depth)
    if (typeof node === 'string') return node
    nodes.push(node)
  }
  return depth > 0 ? 'a "{" is never closed' : nodes
}

function parseNode(cursor: Cursor, depth: number): GlobNode | string {
  const character = cursor.characters[cursor.at] ?? ''
  cursor.at += 1
  switch (character) {
    case '*':
      return parseStar(cursor)
    case '?':
      return { kind: 'any' }
    case '[':
      return parseClass(cursor)
    case '{':
      return parseAlternatives(cursor, depth + 1)
    case '\\': {
      const escaped = cursor.characters[cursor.at] ?? ''
      cursor.at += 1
      return { kind: 'text', text: escaped }
    }
    default:
      return { kind: 'text', text: character }
  }
}

function parseStar(cursor: Cursor): GlobNode {
  const crossesSeparators = cursor.characters[cursor.at] === '*'
  if (crossesSeparators) cursor.at += 1
  return { kind: 'star', crossesSeparators }
}

function parseAlternatives(cursor: Cursor, depth: number): GlobNode | string {
  if (depth > MAX_DEPTH) return `braces are nested deeper than ${MAX_DEPTH}`
  const branches: (readonly GlobNode[])[] = []
  for (;;) {
    const branch = parseSequence(cursor, depth)
    if (typeof branch === 'string') return branch
    branches.push(branch)
    const end = cursor.characters[cursor.at]
    cursor.at += 1
    if (end === '}') return { kind: 'alternatives', branches }
  }
}

function parseClass(cursor: Cursor): GlobNode | string {
  const negated = cursor.characters[cursor.at] === '!'
  if (negated) cursor.at += 1
  if (cursor.characters[cursor.at + 1] === '-') return parseRange(cursor, negated)
  const members = new Set<string>()
  while (cursor.at < cursor.characters.length) {
    let character = cursor.characters[cursor.at] ?? ''
    cursor.at += 1
    if (character === ']') return members.size === 0 ? 'a "[]" is empty' : setOf(negated, members)
    if (character === '\\') {
      character = cursor.characters[cursor.at] ?? ''
      cursor.at += 1
    }
    members.add(character)
  }
  return 'a "[" is never closed'
}

function setOf(negated: boolean, members: ReadonlySet<string>): GlobNode {
  return { kind: 'set', negated, contains: (character) => members.has(character) }
}

function parseRange(cursor: Cursor, negated: boolean): GlobNode | string {
  const low = cursor.characters[cursor.at]?.codePointAt(0)
  const high = cursor.characters[cursor.at + 2]?.codePointAt(0)
  const close = cursor.characters[cursor.at + 3]
  if (low === undefined || high === undefined || close !== ']')
    return 'a range like "[a-z]" must end after its last letter'
  if (high < low) return 'a range like "[a-z]" must begin with its lower end'
  cursor.at += 4
  return {
    kind: 'set',
    negated,
    contains: (character) => {
      const code = character.codePointAt(0) ?? -1
      return code >= low && code <= high
    },
  }
}
