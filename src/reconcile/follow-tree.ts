import { ChangeBell } from '../applications/change-bell.js'
import type { ResourceTree, TreeChange } from '../applications/live-reads.js'
import { changeOf } from './read-tree.js'

/** Ten a second at most. */
const PAUSE_MS = 100
/** Managed objects change without a word to us: looked at again after this time. */
const LOOK_MS = 1_000
/** Whoever listens learns that the stream lives. */
const ALIVE_MS = 10_000

export interface FollowTreeDeps {
  readonly read: () => Promise<ResourceTree>
  readonly onChange: (listener: () => void) => () => void
}

/** The whole tree, then what changes of it, until the signal is aborted. */
export async function* followTree(deps: FollowTreeDeps, signal: AbortSignal): AsyncIterable<TreeChange> {
  const bell = new ChangeBell(signal)
  const end = deps.onChange(() => bell.ring())
  let last: Told = { sequence: 0, at: -Infinity, tree: new Map() }
  try {
    while (!signal.aborted) {
      const told = tell(last, await deps.read())
      last = told?.last ?? last
      if (told !== undefined) yield told.change
      await bell.wait(LOOK_MS)
      await bell.pause(PAUSE_MS)
    }
  } finally {
    end()
  }
}

/** What the listener knows, and when it heard of us last. */
interface Told {
  readonly sequence: number
  readonly at: number
  readonly tree: ReadonlyMap<string, string>
}

/** What is to be told now; an empty change that repeats the sequence after a long silence. */
function tell(
  { sequence, at, tree }: Told,
  now: ResourceTree,
): { readonly change: TreeChange; readonly last: Told } | undefined {
  const change = changeOf(tree, now)
  const isSilent = performance.now() - at >= ALIVE_MS
  if (change === undefined && !isSilent) return undefined
  const { nodes, removed, after } = change ?? { nodes: [], removed: [], after: tree }
  const next = change === undefined && sequence > 0 ? sequence : sequence + 1
  const last = { sequence: next, at: performance.now(), tree: after }
  return { change: { sequence: next, nodes, removed }, last }
}
