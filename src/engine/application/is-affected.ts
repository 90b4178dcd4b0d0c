/** Paths with their object ids at a commit, `null` = looked for and absent. One record per source. */
export type InputOids = Readonly<Record<string, string | null>>

/** What is recorded of the last render of an application. */
export interface RenderRecord {
  readonly generation: number
  readonly renderKeys: readonly string[]
  readonly inputs: readonly InputOids[]
  readonly error?: string
}

export interface Observed {
  readonly generation: number
  /** Today's oids of the recorded input paths, per source. */
  readonly inputs: readonly InputOids[]
  /** Keys that a render with those inputs would have, per source; absent where they are known to agree. */
  readonly renderKeys?: readonly string[]
}

/**
 * Must the application be rendered again? Yes when its spec is newer than what was rendered, when it was never
 * rendered, when the key of any source came out differently (an input, the options or the renderer changed), and after
 * a failure as soon as any recorded input changed. A failure that no input explains records none: it is tried again.
 */
export function isAffected(before: RenderRecord | undefined, now: Observed): boolean {
  if (before === undefined || before.generation !== now.generation) return true
  if (before.inputs.length !== now.inputs.length || before.inputs.length === 0) return true
  if (!before.inputs.every((inputs, index) => sameInputs(inputs, now.inputs[index]))) return true
  if (before.error !== undefined || now.renderKeys === undefined) return false
  return !now.renderKeys.every((key, index) => key === before.renderKeys[index])
}

function sameInputs(before: InputOids, now: InputOids | undefined): boolean {
  return now !== undefined && Object.entries(before).every(([path, oid]) => now[path] === oid)
}
