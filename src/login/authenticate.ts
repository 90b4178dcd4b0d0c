import type { Clock } from '../base/clock.js'
import type { Grants, Principal } from '../engine/access/principal.js'
import type { AccountStore } from '../store/directory-stores.js'
import { hashToken, MAX_TOKEN_LENGTH } from './secret-token.js'

export interface AuthenticateDeps {
  readonly accounts: AccountStore
  /** Compiled grants of an account; `access/` knows the policies. */
  readonly grantsOf: (subject: string, groups: readonly string[]) => Promise<Grants>
  readonly clock: Clock
}

/** Logout and a disabled account take effect everywhere within this time (the promise is 5 s). */
const REMEMBERED_MS = 2_000
const MAX_REMEMBERED = 10_000

interface Remembered {
  readonly principal: Principal | undefined
  readonly until: number
}

/** Who sends this session or API token? Answers `undefined` for everything that is not alive. */
export class Authenticate {
  private readonly deps: AuthenticateDeps
  private readonly remembered = new Map<string, Remembered>()

  constructor(deps: AuthenticateDeps) {
    this.deps = deps
  }

  async run(token: string | undefined): Promise<Principal | undefined> {
    if (token === undefined || token === '' || token.length > MAX_TOKEN_LENGTH) return undefined
    const hash = hashToken(token)
    const known = this.remembered.get(hash)
    if (known !== undefined && known.until > this.deps.clock.monotonic()) return known.principal
    const principal = await this.read(hash)
    this.remember(hash, principal)
    return principal
  }

  /** After a logout in this process nothing is remembered any more. */
  forget(): void {
    this.remembered.clear()
  }

  private async read(hash: string): Promise<Principal | undefined> {
    const { accounts, clock, grantsOf } = this.deps
    const found = await accounts.credentialByHash(hash, new Date(clock.now()).toISOString())
    if (found === undefined || found.user.disabled) return undefined
    return {
      subject: found.user.username,
      kind: found.credential.kind === 'session' ? 'user' : 'token',
      groups: [],
      grants: await grantsOf(found.user.username, []),
      credentialId: found.credential.id,
    }
  }

  private remember(hash: string, principal: Principal | undefined): void {
    if (this.remembered.size >= MAX_REMEMBERED) this.remembered.clear()
    this.remembered.set(hash, { principal, until: this.deps.clock.monotonic() + REMEMBERED_MS })
  }
}
