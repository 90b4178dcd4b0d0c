import { compileGrants } from '../engine/access/compile-grants.js'
import type { Grants } from '../engine/access/principal.js'
import type { SettingStore } from '../store/directory-stores.js'

/** Name of the setting that keeps the policy of the installation, as CSV lines. */
export const POLICY_SETTING = 'access.policy'
const MAX_SUBJECTS = 10_000

/** The grants of a subject under today's policy, compiled once per subject and policy text. */
export class LoadGrants {
  private readonly settings: SettingStore
  private readonly compiled = new Map<string, Grants>()
  private policy = ''

  constructor(settings: SettingStore) {
    this.settings = settings
  }

  async run(subject: string, groups: readonly string[]): Promise<Grants> {
    const policy = (await this.settings.get(POLICY_SETTING)) ?? ''
    if (policy !== this.policy || this.compiled.size >= MAX_SUBJECTS) {
      this.policy = policy
      this.compiled.clear()
    }
    const key = JSON.stringify([subject, ...groups])
    const known = this.compiled.get(key)
    if (known !== undefined) return known
    const grants = compileGrants(policy.split('\n'), subject, groups)
    this.compiled.set(key, grants)
    return grants
  }
}
