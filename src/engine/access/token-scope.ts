import { judgePolicy } from './judge-policy.js'
import { EMPTY_POLICY } from './policy-document.js'
import { parsePolicyLine } from './policy-line.js'
import type { Grants } from './principal.js'

/**
 * What a token may do at most: words of a policy line, `resource, action, object`, read as globs whatever the policy says.
 * A token never may more than its owner; with scopes it may what both permit.
 */
export function limitOf(scopes: readonly string[]): Grants {
  const rules = scopes.flatMap((scope) => {
    const line = isOneLine(scope) ? parsePolicyLine(lineOf(scope)) : undefined
    if (typeof line !== 'object' || line.kind !== 'grant') return []
    const { resource, action, object } = line
    return [{ resource, action, object, effect: 'allow' as const }]
  })
  return { rules }
}

/** What is wrong with a scope, as a sentence; undefined when it permits something. */
export function scopeProblem(scope: string): string | undefined {
  const line = lineOf(scope)
  const wrong = `The scope "${scope}" is not "resource, action, object", e.g. "applications, sync, shop/*".`
  if (!isOneLine(scope) || typeof parsePolicyLine(line) !== 'object') return wrong
  const { problems, warnings } = judgePolicy({ ...EMPTY_POLICY, csv: line })
  const [first] = [...problems, ...warnings]
  return first && `The scope "${scope}" ${first.message}`
}

function lineOf(scope: string): string {
  return `p, token, ${scope}, allow`
}

function isOneLine(scope: string): boolean {
  return !/[\u0000-\u001f\u007f\u2028\u2029]/.test(scope)
}
