import type { NewId } from '../base/clock.js'
import type { GitRemote } from '../git/git-source.js'
import { callPeer, type FoundPeer, type PeerCaller } from '../peers/peer-caller.js'
import { sealCall } from '../vault/sealed-call.js'
import type { Vault } from '../vault/vault.js'
import { ConnectionCheck } from './connection-check.js'

/** What source workers answer. */
export const CHECK_REPOSITORY = { purpose: 'git', method: 'check-repository' } as const

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
    const body = { ...sealCall(vault, { ...CHECK_REPOSITORY, call: newId() }, remote) }
    await callPeer(caller, find, { method: CHECK_REPOSITORY.method, body })
  }
}
