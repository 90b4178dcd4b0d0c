/** Path → object id at a commit; `null` = looked for and absent. One record per source. */
export type InputOids = Readonly<Record<string, string | null>>

/** What is recorded of an application's last render (the `Desired` record of the store has this shape). */
export interface RecordedDesired {
  readonly generation: number
  readonly revisions: readonly string[]
  readonly inputs: readonly InputOids[]
  readonly error?: string
}

/** One application whose repository moved. */
export interface ChangeCandidate {
  readonly applicationId: string
  /** Of the spec in force. */
  readonly generation: number
  readonly desired: RecordedDesired | undefined
  /** The commits that its sources resolve to now, in source order. */
  readonly revisions: readonly string[]
  /** The recorded paths of each source, looked up at those commits. */
  readonly oids: readonly InputOids[]
  /** Its last comparison or automated sync failed. */
  readonly failed?: boolean
  /** What it renders depends on the commit itself, e.g. by a build variable. */
  readonly dependsOnCommit?: boolean
}

/**
 * Must an application be rendered again (design 3.2)? `unchanged`, or the reason as a sentence. Whatever was not looked
 * up counts as changed: a missed change is worse than a needless render.
 */
export function whyChanged(candidate: ChangeCandidate): 'unchanged' | string {
  const { desired, revisions } = candidate
  if (desired === undefined) return 'It was never rendered.'
  if (desired.generation !== candidate.generation) return 'Its spec changed.'
  if (sameList(desired.revisions, revisions)) return 'unchanged'
  return reasonWhateverTheInputs(candidate, desired) ?? changedInput(candidate, desired) ?? 'unchanged'
}

function reasonWhateverTheInputs(candidate: ChangeCandidate, desired: RecordedDesired): string | undefined {
  if (desired.error !== undefined) return 'Its last render failed, and there is a new commit.'
  if (candidate.failed === true) return 'Its last comparison or sync failed, and there is a new commit.'
  return candidate.dependsOnCommit === true ? 'Its manifests depend on the commit.' : undefined
}

function changedInput(candidate: ChangeCandidate, desired: RecordedDesired): string | undefined {
  if (desired.inputs.length !== candidate.revisions.length) return 'The number of its sources changed.'
  for (const [index, inputs] of desired.inputs.entries()) {
    const path = changedPath(inputs, candidate.oids[index])
    if (path !== undefined) return `"${path}" changed in the repository.`
  }
  return undefined
}

/** Those of the candidates that must be rendered again, with the reason. */
export function changedApplications(
  candidates: readonly ChangeCandidate[],
): readonly { readonly applicationId: string; readonly reason: string }[] {
  return candidates
    .map((candidate) => ({ applicationId: candidate.applicationId, reason: whyChanged(candidate) }))
    .filter(({ reason }) => reason !== 'unchanged')
}

/** The first path whose object differs or was not looked up; a source without any recorded input changed as a whole. */
function changedPath(before: InputOids, after: InputOids | undefined): string | undefined {
  const paths = Object.keys(before)
  if (paths.length === 0) return '.'
  return paths.find(
    (path) => after === undefined || !Object.hasOwn(after, path) || after[path] !== before[path],
  )
}

function sameList(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((item, index) => item === right[index])
}
