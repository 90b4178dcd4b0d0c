import { Session } from 'node:inspector/promises'
import { getHeapStatistics } from 'node:v8'

const LOOK_MS = 10_000
const MEGABYTE = 2 ** 20

/** What a process used since the last look, and what it holds. */
export interface HeapUse {
  /** Of one core, 0 to 1. */
  readonly cpuShare: number
  /** Bytes the heap occupies with buffers, garbage and room included. */
  readonly held: number
  /** Bytes it occupied right after the last collection by this; undefined before the first. */
  readonly needed: number | undefined
}

/**
 * Is a collection worth its tenth of a second now? Only in a quiet process, and only when the last work left much behind:
 * V8 looks for garbage when it allocates, so what a burst of syncs left stays until the next burst.
 */
export function isCollectionDue({ cpuShare, held, needed }: HeapUse): boolean {
  return cpuShare < 0.1 && (needed === undefined || held > needed * 1.25 + 8 * MEGABYTE)
}

/** Gives back what a burst of work left behind, once it is over. */
export function collectWhenQuiet(): void {
  let needed: number | undefined
  let before = process.cpuUsage()
  const look = async (): Promise<void> => {
    const { user, system } = process.cpuUsage(before)
    before = process.cpuUsage()
    const cpuShare = (user + system) / 1000 / LOOK_MS
    if (!isCollectionDue({ cpuShare, held: held(), needed })) return
    await collect()
    needed = held()
    before = process.cpuUsage()
  }
  const timer = setInterval(() => {
    // A Node built without an inspector keeps its garbage, as it would without this.
    look().catch(() => clearInterval(timer))
  }, LOOK_MS)
  timer.unref()
}

/** By the inspector of this very process: nothing listens. */
async function collect(): Promise<void> {
  const session = new Session()
  session.connect()
  try {
    await session.post('HeapProfiler.collectGarbage')
  } finally {
    session.disconnect()
  }
}

function held(): number {
  const { total_heap_size: heap, external_memory: external } = getHeapStatistics()
  return heap + external
}
