import { ChangePolicy } from '../../access/change-policy.js'
import { ExplainPolicy } from '../../access/explain-policy.js'
import { LoadGrants } from '../../access/load-grants.js'
import { ReadPolicy } from '../../access/read-policy.js'
import type { Authenticate } from '../../login/authenticate.js'
import { requireRecentPassword } from '../../login/require-recent-password.js'
import type { GatewayDeps } from '../gateway-deps.js'

export function createLoadGrants({ stores, clock }: GatewayDeps): LoadGrants {
  const policy = new ReadPolicy(stores.policies, stores.settings)
  return new LoadGrants({ policy, projects: stores.projects, clock })
}

/** Reading, judging, editing and explaining the policy. */
export function policyFeatures(deps: GatewayDeps, authenticate: Authenticate): readonly object[] {
  const { policies, settings, projects } = deps.stores
  const grants = createLoadGrants(deps)
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
