import type { IgnoreDifference } from '../application/application.js'
import type { ResourceKey } from '../manifest/resource-key.js'

/** What a comparison of one object leaves out (contract 1.2). */
export interface CompareRules {
  /** JSON pointers of fields that are ignored on both sides. */
  readonly ignorePointers: readonly string[]
  /** Fields owned by these managers in the live object are ignored. */
  readonly ignoreManagers: readonly string[]
  /** Ignore the `rules` of ClusterRoles that have an `aggregationRule`. */
  readonly ignoreAggregatedRoles: boolean
  /** Rules that are not in force, each as a sentence; empty when all are. */
  readonly notSupported: readonly string[]
}

export const NO_COMPARE_RULES: CompareRules = {
  ignorePointers: [],
  ignoreManagers: [],
  ignoreAggregatedRoles: false,
  notSupported: [],
}

export interface CompareSettings {
  /** Default false, as `resource.compareoptions.ignoreAggregatedRoles`. */
  readonly ignoreAggregatedRoles?: boolean
}

/**
 * The rules for one object: those `ignoreDifferences` whose group and kind (each exact or a glob of `*`), name and
 * namespace (exact, absent = any) match. jqPathExpressions are reported as not supported, never dropped in silence.
 */
export function compareRulesFor(
  key: ResourceKey,
  ignored: readonly IgnoreDifference[],
  settings: CompareSettings = {},
): CompareRules {
  const matching = ignored.filter((rule) => matches(rule, key))
  return {
    ignorePointers: matching.flatMap((rule) => rule.jsonPointers ?? []),
    ignoreManagers: matching.flatMap((rule) => rule.managedFieldsManagers ?? []),
    ignoreAggregatedRoles: settings.ignoreAggregatedRoles ?? false,
    notSupported: matching.flatMap((rule) => rule.jqPathExpressions ?? []).map(unsupported),
  }
}

function matches(rule: IgnoreDifference, key: ResourceKey): boolean {
  if (!matchesGlob(rule.group ?? '', key.group) || !matchesGlob(rule.kind, key.kind)) return false
  if (rule.name !== undefined && rule.name !== '' && rule.name !== key.name) return false
  return rule.namespace === undefined || rule.namespace === '' || rule.namespace === key.namespace
}

function unsupported(expression: string): string {
  return `ignoreDifferences: jqPathExpressions are not supported yet, "${expression}" has no effect: use jsonPointers`
}

/** `*` stands for any text, all else for itself. Linear in the length of both: no backtracking expression. */
function matchesGlob(glob: string, text: string): boolean {
  const [head = '', ...parts] = glob.split('*')
  if (parts.length === 0) return glob === text
  if (!text.startsWith(head)) return false
  const last = parts.pop() ?? ''
  let at = head.length
  for (const part of parts) {
    const found = text.indexOf(part, at)
    if (found < 0) return false
    at = found + part.length
  }
  return text.length - last.length >= at && text.endsWith(last)
}
