import { Args, Mutation, Query, Resolver } from '@nestjs/graphql'
import type { Principal } from '../../engine/access/principal.js'
import { CompleteSetup } from '../../login/complete-setup.js'
import { ConfirmPassword } from '../../login/confirm-password.js'
import { LogInWithPassword } from '../../login/log-in-with-password.js'
import { LogOut } from '../../login/log-out.js'
import { Cost, Public, SignedIn } from '../access-rule.js'
import { sessionCookie } from '../credentials.js'
import { GatewaySettings } from '../gateway-settings.js'
import { Caller, Ctx, placeOf, type RequestContext } from '../request-context.js'
import { payload } from '../user-error.type.js'
import { deliverSession } from './deliver-session.js'
import {
  CompleteSetupInput,
  ConfirmPasswordInput,
  LoginInput,
  LoginPayloadType,
  LogoutPayloadType,
  ViewerType,
} from './login.type.js'

@Resolver(() => ViewerType)
export class ViewerResolver {
  @Public()
  @Query(() => ViewerType, { nullable: true, description: 'Null when nobody is signed in.' })
  viewer(@Ctx() context: RequestContext): ViewerType | undefined {
    const { principal } = context
    if (principal === undefined) return undefined
    const { subject: username, kind, groups, authenticatedAt } = principal
    return { username, kind, groups, ...(authenticatedAt !== undefined && { authenticatedAt }) }
  }
}

/** Signing in. The cost makes sure that one document cannot try many passwords. */
@Resolver(() => ViewerType)
export class LoginResolver {
  private readonly logIn: LogInWithPassword
  private readonly setup: CompleteSetup
  private readonly settings: GatewaySettings

  constructor(logIn: LogInWithPassword, setup: CompleteSetup, settings: GatewaySettings) {
    this.logIn = logIn
    this.setup = setup
    this.settings = settings
  }

  @Public()
  @Cost(1500)
  @Mutation(() => LoginPayloadType)
  login(@Ctx() context: RequestContext, @Args('input') input: LoginInput) {
    return payload(async () => {
      const { username, password } = input
      const session = await this.logIn.run({ username, password, ...placeOf(context) })
      return deliverSession(session, context, { ...this.settings, bearer: input.bearer === true })
    })
  }

  @Public()
  @Cost(1500)
  @Mutation(() => LoginPayloadType)
  completeSetup(@Ctx() context: RequestContext, @Args('input') input: CompleteSetupInput) {
    return payload(async () => {
      const session = await this.setup.run(input, placeOf(context))
      return deliverSession(session, context, { ...this.settings, bearer: input.bearer === true })
    })
  }
}

@Resolver(() => ViewerType)
export class SessionResolver {
  private readonly logOut: LogOut
  private readonly confirm: ConfirmPassword
  private readonly settings: GatewaySettings

  constructor(logOut: LogOut, confirm: ConfirmPassword, settings: GatewaySettings) {
    this.logOut = logOut
    this.confirm = confirm
    this.settings = settings
  }

  @SignedIn()
  @Mutation(() => LogoutPayloadType)
  logout(@Caller() caller: Principal, @Ctx() context: RequestContext) {
    return payload(async () => {
      await this.logOut.run(caller)
      context.reply?.header('set-cookie', sessionCookie('', this.settings.publicUrl, 0))
      context.reply?.header('clear-site-data', '"cache", "storage"')
      return {}
    })
  }

  @SignedIn()
  @Cost(1500)
  @Mutation(() => LoginPayloadType, {
    description: 'Before what cannot be taken back: proves the password again, for a new session.',
  })
  confirmPassword(
    @Caller() caller: Principal,
    @Ctx() context: RequestContext,
    @Args('input') input: ConfirmPasswordInput,
  ) {
    return payload(async () => {
      const session = await this.confirm.run(caller, input.password, placeOf(context))
      return deliverSession(session, context, { ...this.settings, bearer: input.bearer === true })
    })
  }
}
