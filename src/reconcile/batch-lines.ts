import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises'
import type { LogLine } from '../engine/logs/log-line.js'

const MOST_LINES = 200
const PAUSE_MS = 100
/** An empty batch, so that whoever listens learns that the stream lives. */
const ALIVE_MS = 10_000
/** One reader gets so much a second; the log waits. */
const BYTES_PER_SECOND = 1024 * 1024

type Pulled = Promise<IteratorResult<LogLine>>

/**
 * Lines in batches, at most ten a second, so many bytes a second; also an empty one when nothing comes for long. The lines
 * end when the signal is aborted.
 */
export async function* batched(
  lines: AsyncIterable<LogLine>,
  signal: AbortSignal,
): AsyncIterable<readonly LogLine[]> {
  const iterator = lines[Symbol.asyncIterator]()
  let next: Pulled = iterator.next()
  try {
    while (!signal.aborted) {
      const first = await unlessLate(next)
      if (first === 'late') {
        yield []
        continue
      }
      if (first.done === true) return
      const batch = [first.value]
      next = iterator.next()
      const filled = await fill(batch, { next, iterator })
      next = filled.next
      yield batch
      if (!filled.ended) await sleep(pauseFor(batch))
    }
  } finally {
    // One that waits for a line of its own cannot be waited for.
    void next.catch(() => undefined)
    void iterator.return?.()
  }
}

/** Takes what is there already; the one that is not stays pulled. */
async function fill(
  batch: LogLine[],
  { next: pulled, iterator }: { readonly next: Pulled; readonly iterator: AsyncIterator<LogLine> },
): Promise<{ readonly next: Pulled; readonly ended: boolean }> {
  let next = pulled
  while (batch.length < MOST_LINES) {
    const result = await Promise.race([next, turn('late' as const)])
    if (result === 'late') return { next, ended: false }
    if (result.done === true) return { next, ended: true }
    batch.push(result.value)
    next = iterator.next()
  }
  return { next, ended: false }
}

async function unlessLate(next: Pulled): Promise<IteratorResult<LogLine> | 'late'> {
  const timer = new AbortController()
  const late = sleep(ALIVE_MS, 'late' as const, { signal: timer.signal }).catch(() => 'late' as const)
  try {
    return await Promise.race([next, late])
  } finally {
    timer.abort()
  }
}

function pauseFor(batch: readonly LogLine[]): number {
  const bytes = batch.reduce((sum, { text }) => sum + text.length + 64, 0)
  const atRate = (bytes / BYTES_PER_SECOND) * 1000
  return batch.length < MOST_LINES ? Math.max(PAUSE_MS, atRate) : atRate
}
