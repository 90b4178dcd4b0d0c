import { EMPTY_POLICY } from './policy-document.js'
import { judgePolicy } from './judge-policy.js'
import { grantsFor, indexPolicy } from './policy-index.js'
import type { Grants } from './principal.js'

/** The rules that apply to one subject under lines of a policy alone; see {@link grantsFor}. */
export function compileGrants(
  policyLines: readonly string[],
  subject: string,
  groups: readonly string[],
): Grants {
  return grantsFor(indexPolicy({ ...EMPTY_POLICY, csv: policyLines.join('\n') }), subject, groups)
}

/** Everything that is wrong in policy lines, one sentence each, with the number of the line (from 1). */
export function policyProblems(policyLines: readonly string[]): readonly string[] {
  const { problems } = judgePolicy({ ...EMPTY_POLICY, csv: policyLines.join('\n') })
  return problems.map(({ line, message }) => `Line ${line}: ${message}`)
}
