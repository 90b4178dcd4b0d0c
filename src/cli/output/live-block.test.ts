import { describe, expect, it } from 'vitest'
import { LiveBlock } from './live-block.js'

/** What is on a terminal after these writes: enough of one for the sequences that a block uses. */
function terminal(size: { columns: number; rows: number }) {
  const lines: string[] = ['$ lockstep']
  let row = 1
  let writes = 0
  const write = (text: string): void => {
    writes += 1
    for (const token of text.match(/\u001b\[\d*[AJK]|\r|\n|[^\u001b\r\n]+/g) ?? []) {
      if (token.endsWith('A') && token.startsWith('\u001b')) row -= Number(token.slice(2, -1))
      else if (token === '\u001b[J') lines.length = row
      else if (token === '\n') row += 1
      else if (!token.startsWith('\u001b') && token !== '\r') lines[row] = token
    }
  }
  return {
    screen: { columns: () => size.columns, rows: () => size.rows, write },
    lines,
    writes: () => writes,
  }
}

describe('LiveBlock', () => {
  it('shows each text in place of the one before, below what was there', () => {
    const { screen, lines, writes } = terminal({ columns: 40, rows: 10 })
    const block = new LiveBlock(screen)
    block.show('a\nb\nc\n')
    block.show('d\n')
    expect(lines).toEqual(['$ lockstep', 'd'])
    block.show('d\n')
    expect(writes()).toBe(2)
    block.clear()
    expect(lines).toEqual(['$ lockstep'])
  })

  it('never writes a line that wraps nor more lines than fit, and says how many are left out', () => {
    const { screen, lines } = terminal({ columns: 6, rows: 4 })
    const block = new LiveBlock(screen)
    block.show('123456789\n漢字漢字\nthree\nfour\n')
    expect(lines.slice(1)).toEqual(['1234…', '漢字…', '… an…'])
    block.show('short\n')
    expect(lines.slice(1)).toEqual(['short'])
  })

  it('leaves the cursor visible, so that an interrupt leaves a clean terminal', () => {
    let written = ''
    const block = new LiveBlock({
      columns: () => 80,
      rows: () => 24,
      write: (text) => void (written += text),
    })
    block.show('a\n')
    expect(written).not.toContain('\u001b[?25l')
    expect(written.endsWith('\n\u001b[J')).toBe(true)
  })
})
