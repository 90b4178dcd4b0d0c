import { describe, expect, it } from 'vitest'
import { lineFilter } from './line-filter.js'
import { toLogLine, type LogLine } from './log-line.js'
import { mergeLines } from './merge-lines.js'

describe('lineFilter()', () => {
  it.each([
    ['error', false, ['an Error', 'error']],
    ['error', true, ['error']],
    ['!error', false, ['fine']],
    ['', false, ['an Error', 'error', 'fine']],
  ] as const)('"%s", case %s [1.6 Logs]', (filter, matchCase, kept) => {
    expect(['an Error', 'error', 'fine'].filter(lineFilter(filter, matchCase))).toEqual(kept)
  })
})

describe('toLogLine()', () => {
  it('takes the time off, and keeps a line without one', () => {
    expect(toLogLine('p', 'c', '2026-01-01T00:00:00.5Z  two')).toMatchObject({
      time: '2026-01-01T00:00:00.5Z',
      text: ' two',
    })
    expect(toLogLine('p', 'c', 'unable to read')).toMatchObject({ time: '', text: 'unable to read' })
  })
})

describe('mergeLines()', () => {
  it('gives the lines of all logs by their nanoseconds', async () => {
    const log = async function* (pod: string, ...times: readonly string[]): AsyncIterable<LogLine> {
      for (const time of times)
        yield { pod, container: 'c', time: `2026-01-01T00:00:00.${time}Z`, text: time }
    }
    const merged: string[] = []
    for await (const { pod, text } of mergeLines([
      log('a', '1', '100000003'),
      log('b', '100000002', '2'),
      log('c'),
    ]))
      merged.push(pod + text)
    expect(merged).toEqual(['a1', 'b100000002', 'a100000003', 'b2'])
  })
})
