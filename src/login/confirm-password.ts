import { AppError } from '../base/app-error.js'
import type { Principal } from '../engine/access/principal.js'
import type { Authenticate } from './authenticate.js'
import type { CompleteLogin, LoginPlace, Session } from './complete-login.js'
import type { VerifyPassword } from './verify-password.js'
import { LOCAL_ISSUER } from './verified-identity.js'

/** Proves the password once more. The caller gets a new session in place of the one that asked, which ends. */
export class ConfirmPassword {
  private readonly verify: VerifyPassword
  private readonly completeLogin: CompleteLogin
  private readonly authenticate: Authenticate

  constructor(verify: VerifyPassword, completeLogin: CompleteLogin, authenticate: Authenticate) {
    this.verify = verify
    this.completeLogin = completeLogin
    this.authenticate = authenticate
  }

  async run(principal: Principal, password: string, place: LoginPlace): Promise<Session> {
    if (principal.kind !== 'user') {
      throw new AppError('FORBIDDEN', 'Cannot confirm a password with a token: a token has none.')
    }
    const user = await this.verify.run({ username: principal.subject, password, source: place.source })
    const identity = { issuer: LOCAL_ISSUER, subject: user.id, username: user.username, groups: [] }
    const session = await this.completeLogin.run(identity, place, principal.credentialId)
    this.authenticate.forget()
    return session
  }
}
