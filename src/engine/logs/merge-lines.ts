import { compareTimes } from '../manifest/compare-times.js'
import type { LogLine } from './log-line.js'

/** Takes from several logs, each in order, the earliest line first; pulls one line ahead of each and no more. */
export async function* mergeLines(logs: readonly AsyncIterable<LogLine>[]): AsyncIterable<LogLine> {
  const heads = await Promise.all(logs.map(async (log) => advance(log[Symbol.asyncIterator]())))
  const open = new Set(heads.filter(({ line }) => line !== undefined))
  try {
    while (open.size > 0) {
      const first = earliest(open)
      if (first?.line === undefined) return
      yield first.line
      open.delete(first)
      const next = await advance(first.iterator)
      if (next.line !== undefined) open.add(next)
    }
  } finally {
    for (const { iterator } of open) void iterator.return?.()
  }
}

interface Head {
  readonly iterator: AsyncIterator<LogLine>
  readonly line: LogLine | undefined
}

async function advance(iterator: AsyncIterator<LogLine>): Promise<Head> {
  const { done, value } = await iterator.next()
  return { iterator, line: done === true ? undefined : value }
}

function earliest(heads: Iterable<Head>): Head | undefined {
  let first: Head | undefined
  for (const head of heads) {
    if (first === undefined || compareTimes(head.line?.time ?? '', first.line?.time ?? '') < 0) first = head
  }
  return first
}
