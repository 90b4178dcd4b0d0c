import { applicableGrants } from './grant-index.js'
import type { Grants, Principal } from './principal.js'

/**
 * May the principal do this with the object? `undefined` = allowed, otherwise the reason as a sentence for people.
 * Deny wins over allow, whoever gave either (contract 1.11); what no rule allows is refused. Only in compatibility with
 * Argo CD does what the default role allows stand against a deny.
 * `object`: `<project>/<app>` (or `<project>/<namespace>/<app>`), a project name, a repository or server URL.
 */
// oxlint-disable-next-line max-params -- the four words of one question, as in every policy line
export function decide(
  principal: Principal,
  resource: string,
  action: string,
  object: string,
): string | undefined {
  const { grants, limit } = principal
  if (limit !== undefined && !allows(limit, { resource, action, object }))
    return `the scopes of this token do not have "${resource}, ${action}, ${object}". Make another token for it.`
  if (grants.overriding !== undefined && allows(grants.overriding, { resource, action, object }))
    return undefined
  const decisive = applicableGrants(grants, resource, action).deciding(object)
  if (decisive?.grant.effect === 'allow') return undefined
  if (decisive !== undefined) {
    const { grant } = decisive
    return `a policy denies it to "${principal.subject}" (${grant.resource}, ${grant.action}, ${grant.object}, deny). Ask an administrator to change that policy.`
  }
  return `no policy allows "${principal.subject}" to ${action} ${resource} "${object}". Ask an administrator for "${resource}, ${action}, ${object}, allow".`
}

interface Question {
  readonly resource: string
  readonly action: string
  readonly object: string
}

function allows(grants: Grants, { resource, action, object }: Question): boolean {
  return applicableGrants(grants, resource, action).deciding(object)?.grant.effect === 'allow'
}
