import type { CompleteLogin, LoginPlace, Session } from './complete-login.js'
import type { VerifyPassword } from './verify-password.js'
import { LOCAL_ISSUER } from './verified-identity.js'

export interface PasswordLogin extends LoginPlace {
  readonly username: string
  readonly password: string
}

/** Signs in a local account. */
export class LogInWithPassword {
  private readonly verify: VerifyPassword
  private readonly completeLogin: CompleteLogin

  constructor(verify: VerifyPassword, completeLogin: CompleteLogin) {
    this.verify = verify
    this.completeLogin = completeLogin
  }

  async run({ username, password, source, agent }: PasswordLogin): Promise<Session> {
    const user = await this.verify.run({ username, password, source })
    const identity = { issuer: LOCAL_ISSUER, subject: user.id, username: user.username, groups: [] }
    return this.completeLogin.run(identity, { source, agent })
  }
}
