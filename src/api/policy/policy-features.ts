import { ChangePolicy } from '../../access/change-policy.js'
import { ExplainPolicy } from '../../access/explain-policy.js'
import { LoadGrants } from '../../access/load-grants.js'
import { ReadPolicy } from '../../access/read-policy.js'
import type { Authenticate } from '../../login/authenticate.js'
import { requireRecentPassword } from '../../login/require-recent-password.js'
import type { GatewayDeps } from '../gateway-deps.js'

const known = new WeakMap<GatewayDeps, LoadGrants>()

/** One for a gateway: what an edit makes it forget, whoever signs in must not remember. */
export function grantsOfGateway(deps: GatewayDeps): LoadGrants {
  const { stores, clock } = deps
  const made =
    known.get(deps) ??
    new LoadGrants({
      policy: new ReadPolicy(stores.policies, stores.settings),
      projects: stores.projects,
      clock,
    })
  known.set(deps, made)
  return made
}

/** Reading, judging, editing and explaining the policy. */
export function policyFeatures(deps: GatewayDeps, authenticate: Authenticate): readonly object[] {
  const { policies, settings, projects } = deps.stores
  const grants = grantsOfGateway(deps)
  return [
    new ExplainPolicy(grants),
    new ChangePolicy({
      policies,
      policy: new ReadPolicy(policies, settings),
      projects,
      requireRecentPassword: (principal, what) => requireRecentPassword(principal, deps.clock, what),
      onChanged: () => {
        grants.forget()
        authenticate.forget()
      },
    }),
  ]
}
