import { timingSafeEqual } from 'node:crypto'
import { AppError } from '../base/app-error.js'
import type { NewId } from '../base/clock.js'
import type { AccountStore, SettingStore } from '../store/directory-stores.js'
import type { MutationRecord } from '../store/records.js'
import { BOOTSTRAP_SETTING } from './bootstrap-link.js'
import type { CompleteLogin, Session } from './complete-login.js'
import type { PasswordHasher } from './password-hasher.js'
import { refusePassword } from './password-rule.js'
import { hashToken, MAX_TOKEN_LENGTH } from './secret-token.js'
import { ADMIN_USERNAME, LOCAL_ISSUER } from './verified-identity.js'

export interface CompleteSetupDeps {
  readonly accounts: AccountStore
  readonly settings: SettingStore
  readonly hasher: PasswordHasher
  readonly completeLogin: CompleteLogin
  readonly newId: NewId
}

const RECORD: MutationRecord = {
  audit: { actor: ADMIN_USERNAME, action: 'set-password', object: `account/${ADMIN_USERNAME}` },
  doorbells: [],
}

/** Sets the admin password with the bootstrap link and signs in. The link works once. */
export class CompleteSetup {
  private readonly deps: CompleteSetupDeps

  constructor(deps: CompleteSetupDeps) {
    this.deps = deps
  }

  async run(token: string, password: string): Promise<Session> {
    const { settings, hasher, completeLogin, newId } = this.deps
    const hash = token.length > MAX_TOKEN_LENGTH ? '' : hashToken(token)
    if (!equal(await settings.get(BOOTSTRAP_SETTING), hash)) throw usedUp()
    const reason = refusePassword(password)
    if (reason !== undefined) throw new AppError('BAD_USER_INPUT', `Cannot set the password: ${reason}.`)
    const passwordHash = await hasher.hash(password)
    // Two people with the same link: the first claim is kept, the other one sees it.
    const mine = newId()
    if ((await settings.getOrCreate(`bootstrap.claim.${hash}`, () => mine)) !== mine) throw usedUp()
    await this.setPassword(passwordHash)
    await settings.set(BOOTSTRAP_SETTING, '', {
      audit: { actor: ADMIN_USERNAME, action: 'use-bootstrap-link', object: `account/${ADMIN_USERNAME}` },
      doorbells: [],
    })
    return completeLogin.run({
      issuer: LOCAL_ISSUER,
      subject: ADMIN_USERNAME,
      username: ADMIN_USERNAME,
      groups: [],
    })
  }

  private async setPassword(passwordHash: string): Promise<void> {
    const { accounts, newId } = this.deps
    const admin = await accounts.userByName(ADMIN_USERNAME)
    if (admin !== undefined) return accounts.setPassword(admin.id, passwordHash, RECORD)
    return accounts.createUser(
      { id: newId(), username: ADMIN_USERNAME, passwordHash, disabled: false },
      RECORD,
    )
  }
}

function equal(stored: string | undefined, hash: string): boolean {
  const left = Buffer.from(stored ?? '')
  const right = Buffer.from(hash)
  return right.length > 0 && left.length === right.length && timingSafeEqual(left, right)
}

function usedUp(): AppError {
  return new AppError(
    'UNAUTHENTICATED',
    'This link is not valid: it was used, or a newer one exists. Restart the server to get a new link.',
  )
}
