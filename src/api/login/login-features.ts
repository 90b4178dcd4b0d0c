import { AccountRights } from '../../login/account-access.js'
import type { Authenticate } from '../../login/authenticate.js'
import { ChangeAccount } from '../../login/change-account.js'
import { ChangePassword } from '../../login/change-password.js'
import { CompleteLogin } from '../../login/complete-login.js'
import { CompleteSetup } from '../../login/complete-setup.js'
import { ConfirmPassword } from '../../login/confirm-password.js'
import { CreateAccount } from '../../login/create-account.js'
import { CreateApiToken } from '../../login/create-api-token.js'
import { CreateRoleToken } from '../../login/create-role-token.js'
import { DeleteAccount } from '../../login/delete-account.js'
import { EndCredentials } from '../../login/end-credentials.js'
import { ListCredentials } from '../../login/list-credentials.js'
import { LogInWithPassword } from '../../login/log-in-with-password.js'
import { LogOut } from '../../login/log-out.js'
import { LoginLimiter } from '../../login/login-limiter.js'
import { createPasswordHasher } from '../../login/login.module.js'
import { PasswordRule } from '../../login/password-rule.js'
import { ReadAccounts } from '../../login/read-accounts.js'
import { DeleteRoleToken, ListRoleTokens } from '../../login/role-tokens.js'
import type { SessionLimits } from '../../login/session-limits.js'
import { VerifyPassword } from '../../login/verify-password.js'
import type { GatewayDeps } from '../gateway-deps.js'
import type { GatewaySettings } from '../gateway-settings.js'

export function sessionLimits({ sessionHours, sessionIdleMinutes }: GatewaySettings): SessionLimits {
  return { hours: sessionHours, idleMinutes: sessionIdleMinutes }
}

/** Signing in, accounts, sessions and tokens. */
export function loginFeatures(deps: GatewayDeps, authenticate: Authenticate): readonly object[] {
  const { accounts, settings, audit, loginAttempts } = deps.stores
  const { clock, newId } = deps
  const limits = sessionLimits(deps.settings)
  const rule = new PasswordRule(deps.settings.passwordPattern)
  const hasher = createPasswordHasher()
  const completeLogin = new CompleteLogin({ accounts, clock, newId, limits })
  const limiter = new LoginLimiter(loginAttempts, clock)
  const rights = new AccountRights((username) => authenticate.grantsOf(username))
  const verify = new VerifyPassword({ accounts, audit, hasher, limiter })
  return [
    authenticate,
    completeLogin,
    limiter,
    new LogInWithPassword(verify, completeLogin),
    new ConfirmPassword(verify, completeLogin, authenticate),
    new CompleteSetup({ accounts, settings, hasher, rule, completeLogin, newId, clock }),
    new LogOut(accounts, authenticate),
    new CreateAccount({ accounts, rights, hasher, rule, clock, newId }),
    new ReadAccounts(accounts),
    new ChangeAccount({ accounts, authenticate, rights, clock }),
    new DeleteAccount({ accounts, authenticate, rights, clock }),
    new ChangePassword({ accounts, authenticate, rights, verify, hasher, rule, completeLogin }),
    ...tokenFeatures(deps, authenticate, rights),
  ]
}

function tokenFeatures(
  deps: GatewayDeps,
  authenticate: Authenticate,
  rights: AccountRights,
): readonly object[] {
  const { accounts, projects } = deps.stores
  const { clock, newId } = deps
  const limits = sessionLimits(deps.settings)
  const tokens = { accounts, projects, clock, newId, limits }
  const list = new ListCredentials(accounts, clock, limits)
  return [
    list,
    new CreateApiToken({ ...tokens, rights }),
    new EndCredentials({ accounts, rights, list, authenticate }),
    new CreateRoleToken(tokens),
    new ListRoleTokens(tokens),
    new DeleteRoleToken(tokens, authenticate),
  ]
}
