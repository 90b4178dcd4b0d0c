/** Where every login technology ends: who the person is, proven. Identities are keyed by issuer + subject. */
export interface VerifiedIdentity {
  readonly issuer: string
  readonly subject: string
  readonly username: string
  readonly email?: string
  readonly groups: readonly string[]
}

/** Issuer of accounts whose password is kept here. */
export const LOCAL_ISSUER = 'local'
/** The account that exists from the first start. */
export const ADMIN_USERNAME = 'admin'
