import type { Clock } from '../base/clock.js'
import type { Grants, Principal } from '../engine/access/principal.js'
import { limitOf } from '../engine/access/token-scope.js'
import type { AccountStore, CredentialRecord, LiveCredential } from '../store/account-store.js'
import { canBeToken, hashToken } from './secret-token.js'
import { livenessAt, type SessionLimits } from './session-limits.js'

export interface AuthenticateDeps {
  readonly accounts: Pick<AccountStore, 'credentialByHash' | 'liveHashes' | 'touch'>
  /** Compiled grants of an account or a role; `access/` knows the policies. */
  readonly grantsOf: (subject: string, groups: readonly string[]) => Promise<Grants>
  readonly clock: Clock
  readonly limits: SessionLimits
}

/** Logout and a disabled account take effect everywhere within this time (the promise is 5 s). */
const REMEMBERED_MS = 2_000
/** From one look at all who listen to the next, and a little longer. */
const PROLONGED_MS = 2_500
const MAX_REMEMBERED = 10_000
/** The last use is noted to the minute. */
const TOUCH_MS = 60_000

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
    if (token === undefined || !canBeToken(token)) return undefined
    const hash = hashToken(token)
    const known = this.remembered.get(hash)
    if (known !== undefined && known.until > this.deps.clock.monotonic()) return known.principal
    const principal = await this.read(hash)
    this.remember(hash, principal)
    return principal
  }

  /**
   * Those of the tokens that are alive, asked all at once and of nothing that is remembered. Who is known stays known a
   * while: many who listen need not be read one by one with the next event.
   */
  async living(tokens: readonly string[]): Promise<ReadonlySet<string>> {
    const { accounts, clock, limits } = this.deps
    const until = clock.monotonic() + PROLONGED_MS
    const hashes = new Map(tokens.map((token) => [hashToken(token), token]))
    const live = await accounts.liveHashes([...hashes.keys()], livenessAt(clock, limits))
    await Promise.all([...live].map((hash) => this.prolong(hash, until)))
    return new Set([...live].flatMap((hash) => hashes.get(hash) ?? []))
  }

  /** What an account of this name may do today, whether it exists or not. */
  grantsOf(username: string): Promise<Grants> {
    return this.deps.grantsOf(username, [])
  }

  /** After something ended in this process nothing is remembered any more. */
  forget(): void {
    this.remembered.clear()
  }

  /** With today's grants. What was forgotten meanwhile stays forgotten. */
  private async prolong(hash: string, until: number): Promise<void> {
    const known = this.remembered.get(hash)
    if (known?.principal === undefined) return
    const { subject, groups } = known.principal
    const principal = { ...known.principal, grants: await this.deps.grantsOf(subject, groups) }
    if (this.remembered.get(hash) === known) this.remembered.set(hash, { principal, until })
  }

  private async read(hash: string): Promise<Principal | undefined> {
    const { accounts, clock, limits, grantsOf } = this.deps
    const live = await accounts.credentialByHash(hash, livenessAt(clock, limits))
    if (live === undefined) return undefined
    const { credential } = live
    this.noteUse(credential)
    const subject = subjectOf(live)
    return {
      subject,
      kind: credential.kind === 'session' ? 'user' : 'token',
      groups: [],
      grants: await grantsOf(subject, []),
      ...(credential.scopes !== undefined && { limit: limitOf(credential.scopes) }),
      credentialId: credential.id,
      ...(credential.kind === 'session' && { authenticatedAt: credential.createdAt }),
    }
  }

  /** Beside the request: it does not wait for it, and does not fail with it. */
  private noteUse({ id, lastUsedAt }: CredentialRecord): void {
    const { accounts, clock } = this.deps
    const now = clock.now()
    if (now - Date.parse(lastUsedAt ?? '1970-01-01') < TOUCH_MS) return
    accounts.touch(id, new Date(now).toISOString()).catch(() => undefined)
  }

  private remember(hash: string, principal: Principal | undefined): void {
    if (this.remembered.size >= MAX_REMEMBERED) this.remembered.clear()
    this.remembered.set(hash, { principal, until: this.deps.clock.monotonic() + REMEMBERED_MS })
  }
}

function subjectOf(live: LiveCredential): string {
  return 'user' in live ? live.user.username : `proj:${live.project}:${live.role}`
}
