import { Args, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql'
import type { Principal } from '../../engine/access/principal.js'
import { ChangeAccount } from '../../login/change-account.js'
import { ChangePassword } from '../../login/change-password.js'
import { CreateAccount } from '../../login/create-account.js'
import { DeleteAccount } from '../../login/delete-account.js'
import { ListCredentials } from '../../login/list-credentials.js'
import { ReadAccounts } from '../../login/read-accounts.js'
import { Allow, Cost, Inherits, SignedIn } from '../access-rule.js'
import { GatewaySettings } from '../gateway-settings.js'
import { deliverSession } from '../login/deliver-session.js'
import { LoginPayloadType } from '../login/login.type.js'
import { Caller, Ctx, placeOf, type RequestContext } from '../request-context.js'
import { payload } from '../user-error.type.js'
import { withoutNulls } from '../without-nulls.js'
import {
  AccountPayloadType,
  AccountType,
  CreateAccountInput,
  DeleteAccountInput,
  toAccountView,
  UpdateAccountInput,
  UpdatePasswordInput,
} from './account.type.js'
import { ApiTokenType, SessionType, toSessionView, toTokenView } from './credential.type.js'

/** One's own account needs no permission, so the feature decides which accounts are seen. */
@Resolver(() => AccountType)
export class AccountResolver {
  private readonly read: ReadAccounts
  private readonly credentials: ListCredentials

  constructor(read: ReadAccounts, credentials: ListCredentials) {
    this.read = read
    this.credentials = credentials
  }

  @SignedIn()
  @Query(() => [AccountType])
  async accounts(@Caller() caller: Principal): Promise<readonly AccountType[]> {
    return (await this.read.list(caller)).map(toAccountView)
  }

  @SignedIn()
  @Query(() => AccountType)
  async account(
    @Caller() caller: Principal,
    @Args('name', { type: () => String }) name: string,
  ): Promise<AccountType> {
    return toAccountView(await this.read.get(caller, name))
  }

  @Inherits()
  @ResolveField(() => [ApiTokenType], { description: 'The living ones, newest first.' })
  async tokens(
    @Caller() caller: Principal,
    @Parent() { name }: AccountType,
  ): Promise<readonly ApiTokenType[]> {
    return (await this.credentials.run(caller, name, 'token')).map(toTokenView)
  }

  @Inherits()
  @ResolveField(() => [SessionType], { description: 'The living ones, newest first.' })
  async sessions(
    @Caller() caller: Principal,
    @Parent() { name }: AccountType,
  ): Promise<readonly SessionType[]> {
    const sessions = await this.credentials.run(caller, name, 'session')
    return sessions.map((session) => toSessionView(session, caller.credentialId))
  }
}

@Resolver(() => AccountType)
export class AccountChangeResolver {
  private readonly create: CreateAccount
  private readonly change: ChangeAccount
  private readonly remove: DeleteAccount

  constructor(create: CreateAccount, change: ChangeAccount, remove: DeleteAccount) {
    this.create = create
    this.change = change
    this.remove = remove
  }

  @Allow('accounts:create')
  @Cost(400)
  @Mutation(() => AccountPayloadType)
  createAccount(@Caller() caller: Principal, @Args('input') input: CreateAccountInput) {
    return payload(async () => {
      const wish = { capabilities: ['login' as const], ...withoutNulls(input) }
      return { account: toAccountView(await this.create.run(caller, wish)) }
    })
  }

  @Allow('accounts:update')
  @Mutation(() => AccountPayloadType)
  updateAccount(@Caller() caller: Principal, @Args('input') input: UpdateAccountInput) {
    return payload(async () => {
      const { name, ...change } = withoutNulls(input)
      return { account: toAccountView(await this.change.run(caller, name, change)) }
    })
  }

  @Allow('accounts:delete')
  @Mutation(() => AccountPayloadType)
  deleteAccount(@Caller() caller: Principal, @Args('input') input: DeleteAccountInput) {
    return payload(async () => ({ account: toAccountView(await this.remove.run(caller, input.name)) }))
  }
}

@Resolver(() => AccountType)
export class PasswordResolver {
  private readonly password: ChangePassword
  private readonly settings: GatewaySettings

  constructor(password: ChangePassword, settings: GatewaySettings) {
    this.password = password
    this.settings = settings
  }

  @SignedIn()
  @Cost(1500)
  @Mutation(() => LoginPayloadType, {
    description: 'All sessions and tokens of the account end; whoever changed their own gets a new session.',
  })
  updatePassword(
    @Caller() caller: Principal,
    @Ctx() context: RequestContext,
    @Args('input') input: UpdatePasswordInput,
  ) {
    return payload(async () => {
      const { bearer = false, ...change } = withoutNulls(input)
      const session = await this.password.run(caller, change, placeOf(context))
      if (session === undefined) return { username: change.account ?? caller.subject }
      return deliverSession(session, context, { ...this.settings, bearer })
    })
  }
}
