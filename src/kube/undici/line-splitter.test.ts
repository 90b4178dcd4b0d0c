import { describe, expect, it } from 'vitest'
import { LineSplitter, LineTooLong, LONGEST_LINE } from './line-splitter.js'

function split(chunks: readonly string[]): string[] {
  const splitter = new LineSplitter()
  return chunks.flatMap((chunk) => splitter.push(Buffer.from(chunk)))
}

describe('LineSplitter', () => {
  it('cuts at newlines wherever the chunks end', () => {
    expect(split(['{"a":1}\n{"b"', ':2}', '\n', '\n{"c":3}\n{"trunc'])).toEqual([
      '{"a":1}',
      '{"b":2}',
      '{"c":3}',
    ])
  })

  it('keeps a character whole that is cut between chunks', () => {
    const bytes = Buffer.from('"ü"\n')
    const splitter = new LineSplitter()
    expect([...splitter.push(bytes.subarray(0, 2)), ...splitter.push(bytes.subarray(2))]).toEqual(['"ü"'])
  })

  it('takes a 5 MB line in small chunks in linear time', () => {
    const splitter = new LineSplitter()
    const chunk = Buffer.alloc(1024, 120)
    for (let index = 0; index < 5 * 1024; index += 1) expect(splitter.push(chunk)).toEqual([])
    const lines = splitter.push(Buffer.from('\n'))
    expect(lines.map((line) => line.length)).toEqual([5 * 1024 * 1024])
  })

  it('refuses a line beyond the cap', () => {
    const splitter = new LineSplitter()
    expect(() => splitter.push(Buffer.alloc(LONGEST_LINE + 1, 120))).toThrow(LineTooLong)
  })
})
