import type { NewId } from '../base/clock.js'
import type { GitRemote } from '../git/git-source.js'
import { callPeer, type FoundPeer, type PeerCaller } from '../peers/peer-caller.js'
import type { SealedAt, Vault } from '../vault/vault.js'
import { ConnectionCheck } from './connection-check.js'

/** The name of the call; source workers answer it. */
export const CHECK_REPOSITORY_CALL = 'check-repository'

/** What the credential is bound to on its way. */
export function checkPlace(call: string): SealedAt {
  return { table: 'calls', row: call, column: CHECK_REPOSITORY_CALL }
}

export interface RemoteConnectionCheckDeps {
  readonly caller: PeerCaller
  /** Any source worker. */
  readonly find: () => Promise<FoundPeer>
  readonly vault: Pick<Vault, 'seal'>
  readonly newId: NewId
}

/** Lets a source worker look; the credential travels in a box that only source workers open. */
export class RemoteConnectionCheck extends ConnectionCheck {
  readonly #deps: RemoteConnectionCheckDeps

  constructor(deps: RemoteConnectionCheckDeps) {
    super()
    this.#deps = deps
  }

  override async check(remote: GitRemote): Promise<void> {
    const { caller, find, vault, newId } = this.#deps
    const call = newId()
    const plain = new TextEncoder().encode(JSON.stringify(remote))
    const sealed = Buffer.from(vault.seal('git', checkPlace(call), plain)).toString('base64')
    await callPeer(caller, find, { method: CHECK_REPOSITORY_CALL, body: { call, sealed } })
  }
}
