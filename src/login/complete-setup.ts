import { timingSafeEqual } from 'node:crypto'
import { AppError } from '../base/app-error.js'
import type { Clock, NewId } from '../base/clock.js'
import type { AccountStore } from '../store/account-store.js'
import type { SettingStore } from '../store/directory-stores.js'
import type { MutationRecord } from '../store/records.js'
import { BOOTSTRAP_SETTING } from './bootstrap-link.js'
import type { CompleteLogin, LoginPlace, Session } from './complete-login.js'
import { newAdmin } from './new-admin.js'
import type { PasswordHasher } from './password-hasher.js'
import type { PasswordRule } from './password-rule.js'
import { hashToken, MAX_TOKEN_LENGTH } from './secret-token.js'
import { ADMIN_USERNAME, LOCAL_ISSUER } from './verified-identity.js'

export interface CompleteSetupDeps {
  readonly accounts: AccountStore
  readonly settings: SettingStore
  readonly hasher: PasswordHasher
  readonly rule: PasswordRule
  readonly completeLogin: CompleteLogin
  readonly newId: NewId
  readonly clock: Clock
}

/** The link that the server printed, used. */
export interface Setup {
  readonly token: string
  readonly password: string
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

  async run({ token, password }: Setup, place: LoginPlace): Promise<Session> {
    const { settings, hasher, rule, completeLogin, newId } = this.deps
    const hash = token.length > MAX_TOKEN_LENGTH ? '' : hashToken(token)
    if (!equal(await settings.get(BOOTSTRAP_SETTING), hash)) throw usedUp()
    const reason = rule.refuse(password, ADMIN_USERNAME)
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
    const identity = {
      issuer: LOCAL_ISSUER,
      subject: ADMIN_USERNAME,
      username: ADMIN_USERNAME,
      groups: [],
    }
    return completeLogin.run(identity, place)
  }

  /** Tokens that the quickstart made for this machine go on: nobody knew a password before. */
  private async setPassword(passwordHash: string): Promise<void> {
    const { accounts, newId, clock } = this.deps
    const admin = await accounts.userByName(ADMIN_USERNAME)
    if (admin !== undefined) return accounts.setPassword(admin.id, passwordHash, RECORD)
    const now = new Date(clock.now()).toISOString()
    return accounts.createUser({ ...newAdmin(newId(), now), passwordHash, passwordChangedAt: now }, RECORD)
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
