import { callPeer, type FoundPeer, type PeerCaller } from '../peers/peer-caller.js'
import type { LeaseStore } from '../store/lease-store.js'
import { CredentialRenewal, type RenewedCredential } from './credential-renewal.js'

/** The names of the calls; the owner answers the same ones. */
export const RENEW_CREDENTIAL = 'renew-credential'
export const RETIRE_CREDENTIAL = 'retire-credential'

export interface RemoteCredentialRenewalDeps {
  readonly leases: Pick<LeaseStore, 'get'>
  readonly caller: PeerCaller
}

/** Asks the owner of the cluster; what comes back is sealed already. */
export class RemoteCredentialRenewal extends CredentialRenewal {
  readonly #deps: RemoteCredentialRenewalDeps

  constructor(deps: RemoteCredentialRenewalDeps) {
    super()
    this.#deps = deps
  }

  override async renew(clusterId: string): Promise<RenewedCredential> {
    const call = { method: RENEW_CREDENTIAL, body: { clusterId } }
    const [answer] = await callPeer(this.#deps.caller, () => this.#owner(clusterId), call)
    const { sealed, account, former } = answer as unknown as {
      readonly sealed: string
      readonly account: string
      readonly former?: string
    }
    const bytes = new Uint8Array(Buffer.from(sealed, 'base64'))
    return { sealed: bytes, account, ...(former !== undefined && { former }) }
  }

  override async retire(clusterId: string, secret: string): Promise<void> {
    const call = { method: RETIRE_CREDENTIAL, body: { clusterId, secret } }
    await callPeer(this.#deps.caller, () => this.#owner(clusterId), call)
  }

  async #owner(id: string): Promise<FoundPeer> {
    const lease = await this.#deps.leases.get({ kind: 'cluster', id })
    if (lease?.held === true && lease.address !== '') return { address: lease.address }
    return {
      nobody:
        'Cannot renew the credential: no cluster worker owns the cluster now. Try again in a moment; if it stays, look whether one runs.',
    }
  }
}
