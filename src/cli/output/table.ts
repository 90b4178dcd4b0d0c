/** Columns two blanks apart, as wide as their widest cell; nothing behind the last one. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = header.length === 0 ? rows : [header, ...rows]
  const widths: number[] = []
  for (const row of all) {
    for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, width(cell))
  }
  return all.map((row) => `${line(row, widths)}\n`).join('')
}

function line(row: readonly string[], widths: readonly number[]): string {
  return row
    .map((cell, index) => clean(cell) + ' '.repeat(Math.max(0, (widths[index] ?? 0) - width(cell))))
    .join('  ')
    .trimEnd()
}

/** As much of a line as fits into so many columns; what is cut off shows as "…". */
export function cut(text: string, columns: number): string {
  if (width(text) <= columns) return text
  let kept = ''
  for (const character of text) {
    if (width(kept + character) > columns - 1) break
    kept += character
  }
  return `${kept}…`
}

/** A cell is one line without control characters: a message of a cluster must not steer the terminal. */
function clean(cell: string): string {
  return cell.replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ')
}

/** Columns on the screen: wide (East Asian) characters take two. */
function width(cell: string): number {
  let columns = 0
  for (const character of clean(cell)) columns += WIDE.test(character) ? 2 : 1
  return columns
}

const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/
