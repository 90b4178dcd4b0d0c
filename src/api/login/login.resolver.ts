import { Args, Mutation, Query, Resolver } from '@nestjs/graphql'
import type { Principal } from '../../engine/access/principal.js'
import type { Session } from '../../login/complete-login.js'
import { CompleteSetup } from '../../login/complete-setup.js'
import { CreateApiToken } from '../../login/create-api-token.js'
import { LogInWithPassword } from '../../login/log-in-with-password.js'
import { LogOut } from '../../login/log-out.js'
import { Cost, Public, SignedIn } from '../access-rule.js'
import { sessionCookie } from '../credentials.js'
import { GatewaySettings } from '../gateway-settings.js'
import { opaqueId } from '../opaque-id.js'
import { Caller, Ctx, type RequestContext } from '../request-context.js'
import { payload } from '../user-error.type.js'
import {
  ApiTokenPayloadType,
  CompleteSetupInput,
  CreateApiTokenInput,
  LoginInput,
  LoginPayloadType,
  LogoutPayloadType,
  ViewerType,
} from './login.type.js'

const DEFAULT_TOKEN_DAYS = 30

@Resolver(() => ViewerType)
export class ViewerResolver {
  @Public()
  @Query(() => ViewerType, { nullable: true, description: 'Null when nobody is signed in.' })
  viewer(@Ctx() context: RequestContext): ViewerType | undefined {
    const { principal } = context
    if (principal === undefined) return undefined
    return { username: principal.subject, kind: principal.kind, groups: principal.groups }
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
      const session = await this.logIn.run({ username, password, source: context.request.ip })
      return this.deliver(session, context, input.bearer === true)
    })
  }

  @Public()
  @Cost(1500)
  @Mutation(() => LoginPayloadType)
  completeSetup(@Ctx() context: RequestContext, @Args('input') input: CompleteSetupInput) {
    return payload(async () => {
      const session = await this.setup.run(input.token, input.password)
      return this.deliver(session, context, input.bearer === true)
    })
  }

  private deliver(session: Session, context: RequestContext, bearer: boolean) {
    const { username, token, expiresAt } = session
    if (bearer) return { username, token, expiresAt }
    const seconds = this.settings.sessionHours * 3600
    context.reply?.header('set-cookie', sessionCookie(token, this.settings.publicUrl, seconds))
    return { username, expiresAt }
  }
}

@Resolver(() => ViewerType)
export class SessionResolver {
  private readonly logOut: LogOut
  private readonly createToken: CreateApiToken
  private readonly settings: GatewaySettings

  constructor(logOut: LogOut, createToken: CreateApiToken, settings: GatewaySettings) {
    this.logOut = logOut
    this.createToken = createToken
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
  @Cost(400)
  @Mutation(() => ApiTokenPayloadType)
  createApiToken(@Caller() caller: Principal, @Args('input') input: CreateApiTokenInput) {
    return payload(async () => {
      const wish = { name: input.name, days: input.expiresInDays ?? DEFAULT_TOKEN_DAYS }
      const { id, token, expiresAt } = await this.createToken.run(caller, wish)
      return { id: opaqueId('Token', id), token, expiresAt }
    })
  }
}
