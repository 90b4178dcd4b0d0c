/** One thing that is wrong with a document somebody wrote. */
export interface FieldProblem {
  /** Where, e.g. `spec.source.repoURL`; `''` for the document itself. */
  readonly path: string
  /** What is wrong and what to do, as a sentence. */
  readonly message: string
}

/** `path: message` lines, one per problem. */
export function problemText(problems: readonly FieldProblem[]): string {
  return problems.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join('\n')
}
