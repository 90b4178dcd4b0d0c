/** A credential that was made anew for an account of a cluster, sealed as the stores keep it. */
export interface RenewedCredential {
  readonly sealed: Uint8Array
  /** `namespace/name` of the ServiceAccount whose token it is. */
  readonly account: string
  /** The Secret that the former token came from; absent = that token ends by itself. */
  readonly former?: string
}

/**
 * Makes and ends the credentials that Lockstep itself uses at a cluster. Only the owner of the cluster can: the gateway
 * reads no credential. Throws BAD_USER_INPUT when the one in use cannot be renewed, and what the API server answers.
 */
export abstract class CredentialRenewal {
  /** A further token of the same account, proven to work; the one in use stays valid. */
  abstract renew(clusterId: string): Promise<RenewedCredential>
  /** Deletes the Secret of a former token, which ends it; refused while the token in use comes from it. */
  abstract retire(clusterId: string, secret: string): Promise<void>
}
