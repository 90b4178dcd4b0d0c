import { AppError } from '../base/app-error.js'
import type { Clock, NewId } from '../base/clock.js'
import type { Principal } from '../engine/access/principal.js'
import { accountNameProblem } from '../engine/login/account-name.js'
import { bcryptHashProblem } from '../engine/login/bcrypt-hash.js'
import type { AccountStore, Capability, UserRecord } from '../store/account-store.js'
import type { AccountRights } from './account-access.js'
import type { PasswordHasher } from './password-hasher.js'
import type { PasswordRule } from './password-rule.js'
import { requireRecentPassword } from './require-recent-password.js'

export interface CreateAccountDeps {
  readonly accounts: AccountStore
  readonly rights: AccountRights
  readonly hasher: PasswordHasher
  readonly rule: PasswordRule
  readonly clock: Clock
  readonly newId: NewId
}

export interface NewAccount {
  readonly name: string
  readonly capabilities: readonly Capability[]
  /** Without a password nobody signs in with it until one is set. */
  readonly password?: string | undefined
  /** A hash from Argo CD instead; the first login replaces it. */
  readonly bcryptHash?: string | undefined
}

/** Creates a local account. It may do nothing until a policy says so. */
export class CreateAccount {
  private readonly deps: CreateAccountDeps

  constructor(deps: CreateAccountDeps) {
    this.deps = deps
  }

  async run(principal: Principal, wish: NewAccount): Promise<UserRecord> {
    const { accounts, rights, clock, newId } = this.deps
    const what = `create account "${wish.name}"`
    await rights.require(principal, 'create', { username: wish.name, what })
    requireRecentPassword(principal, clock, what)
    const reason = this.refuse(wish)
    if (reason !== undefined) throw new AppError('BAD_USER_INPUT', `Cannot ${what}: ${reason}.`)
    const taken = (await accounts.users()).find((user) => sameName(user.username, wish.name))
    if (taken !== undefined) {
      throw new AppError('CONFLICT', `Cannot ${what}: the account "${taken.username}" exists already.`)
    }
    const passwordHash = await this.hashOf(wish)
    const now = new Date(clock.now()).toISOString()
    const user: UserRecord = {
      id: newId(),
      username: wish.name,
      disabled: false,
      capabilities: [...new Set(wish.capabilities)],
      createdAt: now,
      ...(passwordHash !== undefined && { passwordHash, passwordChangedAt: now }),
    }
    await accounts.createUser(user, {
      audit: {
        actor: principal.subject,
        action: 'create-account',
        object: `account/${wish.name}`,
        details: { capabilities: [...user.capabilities] },
      },
      doorbells: [],
    })
    return user
  }

  private refuse({ name, capabilities, password, bcryptHash }: NewAccount): string | undefined {
    const problem = accountNameProblem(name)
    if (problem !== undefined) return problem
    if (capabilities.length === 0) return 'give it the capability login, apiKey, or both'
    if (password !== undefined && bcryptHash !== undefined) return 'give a password or a hash, not both'
    if (password !== undefined) return this.deps.rule.refuse(password, name)
    return bcryptHash === undefined ? undefined : bcryptHashProblem(bcryptHash)
  }

  private async hashOf({ password, bcryptHash }: NewAccount): Promise<string | undefined> {
    return password === undefined ? bcryptHash : this.deps.hasher.hash(password)
  }
}

/** Two accounts whose names differ in case only would be taken for one another. */
function sameName(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase()
}
