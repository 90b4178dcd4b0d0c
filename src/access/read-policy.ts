import { EMPTY_POLICY } from '../engine/access/policy-document.js'
import type { SettingStore } from '../store/directory-stores.js'
import type { PolicyStore, StoredPolicy } from '../store/policy-store.js'

/** Where the lines of a policy stood before it had generations; counts until the first edit. */
export const POLICY_SETTING = 'access.policy'

/** The policy as it stands: generation 0 before the first edit. */
export class ReadPolicy {
  private readonly policies: PolicyStore
  private readonly settings: SettingStore

  constructor(policies: PolicyStore, settings: SettingStore) {
    this.policies = policies
    this.settings = settings
  }

  async run(): Promise<StoredPolicy> {
    const current = await this.policies.current()
    if (current !== undefined) return current
    const csv = (await this.settings.get(POLICY_SETTING)) ?? ''
    return { generation: 0, document: { ...EMPTY_POLICY, csv } }
  }
}
