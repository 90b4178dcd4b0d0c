import { AppError } from '../base/app-error.js'
import { policyProblems } from '../engine/access/compile-grants.js'
import { decide } from '../engine/access/decide.js'
import type { Principal } from '../engine/access/principal.js'
import type { SettingStore } from '../store/directory-stores.js'
import { POLICY_SETTING } from './load-grants.js'

/** Replaces the policy of the installation; refuses it whole when any line is wrong. */
export class SavePolicy {
  private readonly settings: SettingStore

  constructor(settings: SettingStore) {
    this.settings = settings
  }

  async run(principal: Principal, policy: string): Promise<void> {
    const refused = decide(principal, 'settings', 'update', 'policy')
    if (refused !== undefined) throw new AppError('FORBIDDEN', `Cannot save the policy: ${refused}`)
    const problems = policyProblems(policy.split('\n'))
    if (problems.length > 0) {
      throw new AppError('BAD_USER_INPUT', `Cannot save the policy: ${problems.join(' ')}`)
    }
    await this.settings.set(POLICY_SETTING, policy, {
      audit: { actor: principal.subject, action: 'save-policy', object: 'setting/policy' },
      doorbells: [],
    })
  }
}
