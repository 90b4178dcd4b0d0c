import { isObjectType, type GraphQLField, type GraphQLObjectType, type GraphQLSchema } from 'graphql'
import { AppError } from '../base/app-error.js'
import { holdsAnywhere } from '../engine/access/grant-index.js'
import type { Principal } from '../engine/access/principal.js'
import { ACCESS_KEY } from './access-rule.js'
import type { DenialReport, RootCall } from './denial-report.js'
import type { RequestContext } from './request-context.js'

type Field = GraphQLField<unknown, RequestContext>

/**
 * Deny by default. Every field of every object type must say who may read it, otherwise the process does not start;
 * the root fields are wrapped so that the rule is asked before the resolver, and refusals are reported. Returns the
 * same schema.
 */
export function guardSchema(schema: GraphQLSchema, report?: DenialReport): GraphQLSchema {
  const unmarked: string[] = []
  const roots = new Set([schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()])
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue
    unmarked.push(...guardType(type, roots.has(type), report))
  }
  if (unmarked.length > 0) {
    throw new Error(
      `These fields of the schema have no permission: ${unmarked.join(', ')}. ` +
        'Mark each with @Allow, @SignedIn or @Public (root fields) or with @Inherits (all others).',
    )
  }
  return schema
}

function guardType(
  type: GraphQLObjectType,
  isRoot: boolean,
  report: DenialReport | undefined,
): readonly string[] {
  const ofType = type.extensions[ACCESS_KEY]
  const unmarked: string[] = []
  for (const field of Object.values(type.getFields())) {
    const rule = field.extensions[ACCESS_KEY] ?? ofType
    if (typeof rule !== 'string' || (rule === 'inherits') === isRoot)
      unmarked.push(`${type.name}.${field.name}`)
    else if (isRoot) {
      if (rule !== 'public') protect(field, rule)
      if (report !== undefined) watch(field, rootOf(type), report)
    }
  }
  return unmarked
}

function rootOf({ name }: GraphQLObjectType): RootCall['type'] {
  return name === 'Mutation' || name === 'Subscription' ? name : 'Query'
}

/** Around the guard: refusals by the rule and by the feature are reported alike. */
function watch(field: Field, type: RootCall['type'], report: DenialReport): void {
  const { resolve, subscribe, name } = field
  if (subscribe !== undefined) {
    field.subscribe = (...call) => {
      return report.watch({ type, field: name, args: call[1] }, call[2], () => subscribe(...call))
    }
  } else if (resolve !== undefined) {
    field.resolve = (...call) =>
      report.watch({ type, field: name, args: call[1] }, call[2], () => resolve(...call))
  }
}

function protect(field: Field, rule: string): void {
  const { resolve, subscribe } = field
  // A subscription is asked when it begins; its events are checked one by one where they are made.
  if (subscribe !== undefined) {
    field.subscribe = (...call) => {
      requireRule(call[2].principal, rule)
      return subscribe(...call)
    }
  } else if (resolve !== undefined) {
    field.resolve = (...call) => {
      requireRule(call[2].principal, rule)
      return resolve(...call)
    }
  }
}

/** Throws UNAUTHENTICATED or FORBIDDEN. Only a first look: the feature decides exactly, for the object. */
function requireRule(principal: Principal | undefined, rule: string): void {
  if (principal === undefined) throw new AppError('UNAUTHENTICATED', 'Sign in first.')
  if (rule === 'signed-in') return
  const [resource = '', action = ''] = rule.split(':')
  if (!holdsAnywhere(principal, resource, action)) {
    throw new AppError('FORBIDDEN', `You hold no permission "${action}" on any of the ${resource}.`)
  }
}
