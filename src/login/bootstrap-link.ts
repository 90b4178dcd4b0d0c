import type { SettingStore } from '../store/directory-stores.js'
import type { AccountStore } from '../store/account-store.js'
import { hashToken, newSecretToken } from './secret-token.js'
import { ADMIN_USERNAME } from './verified-identity.js'

/** Name of the setting that keeps the hash of the link that is valid today. */
export const BOOTSTRAP_SETTING = 'bootstrap.token-hash'

/**
 * Makes the one-time link with which the first person sets the admin password. Called at start; answers undefined when
 * the admin has a password. A new link makes the older one useless.
 */
export class CreateBootstrapLink {
  private readonly accounts: AccountStore
  private readonly settings: SettingStore

  constructor(accounts: AccountStore, settings: SettingStore) {
    this.accounts = accounts
    this.settings = settings
  }

  async run(publicUrl: string): Promise<string | undefined> {
    const admin = await this.accounts.userByName(ADMIN_USERNAME)
    if (admin?.passwordHash !== undefined) return undefined
    const token = newSecretToken('')
    await this.settings.set(BOOTSTRAP_SETTING, hashToken(token), {
      audit: { actor: 'system', action: 'create-bootstrap-link', object: `account/${ADMIN_USERNAME}` },
      doorbells: [],
    })
    return `${publicUrl.replace(/\/+$/, '')}/setup?token=${token}`
  }
}
