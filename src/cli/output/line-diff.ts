const CONTEXT = 3
/** Above this the table of the comparison would not fit; then the whole texts are shown. */
const MAX_CELLS = 4_000_000

interface Line {
  readonly mark: ' ' | '-' | '+'
  readonly text: string
}

/** A unified diff of two texts: `-` is live, `+` is declared; unchanged lines only around changes. */
export function lineDiff(before: string, after: string): string {
  const marked = compare(lines(before), lines(after))
  const near = new Set<number>()
  for (const [index, line] of marked.entries()) {
    if (line.mark === ' ') continue
    for (let at = index - CONTEXT; at <= index + CONTEXT; at += 1) near.add(at)
  }
  let text = ''
  let last = -1
  for (const [index, line] of marked.entries()) {
    if (!near.has(index)) continue
    if (index > last + 1) text += '@@\n'
    text += `${line.mark} ${line.text}\n`
    last = index
  }
  return text
}

function lines(text: string): readonly string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n')
}

/** The longest common subsequence, from its table of lengths. */
function compare(before: readonly string[], after: readonly string[]): readonly Line[] {
  const columns = after.length + 1
  if ((before.length + 1) * columns > MAX_CELLS) {
    return [
      ...before.map((text) => ({ mark: '-' as const, text })),
      ...after.map((text) => ({ mark: '+' as const, text })),
    ]
  }
  const lengths = new Uint32Array((before.length + 1) * columns)
  const at = (row: number, column: number): number => lengths[row * columns + column] ?? 0
  for (let row = before.length - 1; row >= 0; row -= 1) {
    for (let column = after.length - 1; column >= 0; column -= 1) {
      lengths[row * columns + column] =
        before[row] === after[column]
          ? at(row + 1, column + 1) + 1
          : Math.max(at(row + 1, column), at(row, column + 1))
    }
  }
  return walk(before, after, at)
}

function walk(
  before: readonly string[],
  after: readonly string[],
  at: (row: number, column: number) => number,
): readonly Line[] {
  const marked: Line[] = []
  let row = 0
  let column = 0
  while (row < before.length || column < after.length) {
    const left = before[row]
    const right = after[column]
    if (left !== undefined && left === right) {
      marked.push({ mark: ' ', text: left })
      row += 1
      column += 1
    } else if (left !== undefined && (right === undefined || at(row + 1, column) >= at(row, column + 1))) {
      marked.push({ mark: '-', text: left })
      row += 1
    } else {
      marked.push({ mark: '+', text: right ?? '' })
      column += 1
    }
  }
  return marked
}
