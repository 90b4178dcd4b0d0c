import { Args, Mutation, Query, Resolver } from '@nestjs/graphql'
import type { Principal } from '../../engine/access/principal.js'
import { CreateApiToken } from '../../login/create-api-token.js'
import { CreateRoleToken } from '../../login/create-role-token.js'
import { EndCredentials } from '../../login/end-credentials.js'
import { DeleteRoleToken, ListRoleTokens } from '../../login/role-tokens.js'
import type { ApiToken } from '../../login/token-wish.js'
import { Allow, Cost, SignedIn } from '../access-rule.js'
import { innerId, opaqueId } from '../opaque-id.js'
import { Caller } from '../request-context.js'
import { payload } from '../user-error.type.js'
import {
  ApiTokenPayloadType,
  ApiTokenType,
  CreateApiTokenInput,
  CreateRoleTokenInput,
  DeleteApiTokenInput,
  DeleteRoleTokenInput,
  EndedPayloadType,
  EndSessionsInput,
  toTokenView,
} from './credential.type.js'

const DEFAULT_SECONDS = 30 * 86_400

/** Tokens and sessions of accounts. */
@Resolver(() => ApiTokenType)
export class TokenResolver {
  private readonly create: CreateApiToken
  private readonly end: EndCredentials

  constructor(create: CreateApiToken, end: EndCredentials) {
    this.create = create
    this.end = end
  }

  @SignedIn()
  @Cost(400)
  @Mutation(() => ApiTokenPayloadType)
  createApiToken(@Caller() caller: Principal, @Args('input') input: CreateApiTokenInput) {
    return payload(async () =>
      shown(await this.create.run(caller, input.account ?? undefined, wishOf(input))),
    )
  }

  @SignedIn()
  @Mutation(() => EndedPayloadType)
  deleteApiToken(@Caller() caller: Principal, @Args('input') input: DeleteApiTokenInput) {
    return payload(async () => {
      const account = input.account ?? undefined
      const credential = plainId(input.token)
      return { ended: await this.end.run(caller, { account, kind: 'token', credential }) }
    })
  }

  @SignedIn()
  @Mutation(() => EndedPayloadType)
  endSessions(@Caller() caller: Principal, @Args('input') input: EndSessionsInput) {
    return payload(async () => {
      const account = input.account ?? undefined
      const credential = input.session == null ? undefined : innerId('Session', input.session)
      return { ended: await this.end.run(caller, { account, kind: 'session', credential }) }
    })
  }
}

/** Tokens that act as a role of a project. */
@Resolver(() => ApiTokenType)
export class RoleTokenResolver {
  private readonly create: CreateRoleToken
  private readonly list: ListRoleTokens
  private readonly remove: DeleteRoleToken

  constructor(create: CreateRoleToken, list: ListRoleTokens, remove: DeleteRoleToken) {
    this.create = create
    this.list = list
    this.remove = remove
  }

  @Allow('projects:get')
  @Query(() => [ApiTokenType], { description: 'The living ones, newest first.' })
  async roleTokens(
    @Caller() caller: Principal,
    @Args('project', { type: () => String }) project: string,
    @Args('role', { type: () => String }) role: string,
  ): Promise<readonly ApiTokenType[]> {
    return (await this.list.run(caller, { project, role })).map(toTokenView)
  }

  @Allow('projects:update')
  @Cost(400)
  @Mutation(() => ApiTokenPayloadType)
  createRoleToken(@Caller() caller: Principal, @Args('input') input: CreateRoleTokenInput) {
    return payload(async () => shown(await this.create.run(caller, input, wishOf(input))))
  }

  @Allow('projects:update')
  @Mutation(() => EndedPayloadType)
  deleteRoleToken(@Caller() caller: Principal, @Args('input') input: DeleteRoleTokenInput) {
    return payload(async () => {
      await this.remove.run(caller, input, plainId(input.token))
      return { ended: 1 }
    })
  }
}

function wishOf({
  name,
  expiresInSeconds,
  scopes,
}: Pick<CreateApiTokenInput, 'name' | 'expiresInSeconds' | 'scopes'>) {
  return {
    name: name ?? undefined,
    lifetimeSeconds: expiresInSeconds ?? DEFAULT_SECONDS,
    scopes: scopes ?? undefined,
  }
}

function shown({ id, ...token }: ApiToken) {
  return { ...token, id: opaqueId('Token', id) }
}

/** Ids as the API gives them, ids as they are stored, and names. */
function plainId(text: string): string {
  const inner = Buffer.from(text, 'base64url').toString()
  return inner.startsWith('Token:') ? innerId('Token', text) : text
}
