import { applicableGrants } from './grant-index.js'
import type { Principal } from './principal.js'

/**
 * May the principal do this with the object? `undefined` = allowed, otherwise the reason as a sentence for people.
 * Deny wins over allow, whoever gave either (contract 1.11); what no rule allows is refused.
 * `object`: `<project>/<app>` (or `<project>/<namespace>/<app>`), a project name, a repository or server URL.
 */
// oxlint-disable-next-line max-params -- the four words of one question, as in every policy line
export function decide(
  principal: Principal,
  resource: string,
  action: string,
  object: string,
): string | undefined {
  const { allows, denies } = applicableGrants(principal.grants, resource, action)
  const denied = denies.find((rule) => rule.matches(object))
  if (denied !== undefined) {
    const { grant } = denied
    return `a policy denies it to "${principal.subject}" (${grant.resource}, ${grant.action}, ${grant.object}, deny). Ask an administrator to change that policy.`
  }
  if (allows.some((rule) => rule.matches(object))) return undefined
  return `no policy allows "${principal.subject}" to ${action} ${resource} "${object}". Ask an administrator for "${resource}, ${action}, ${object}, allow".`
}
