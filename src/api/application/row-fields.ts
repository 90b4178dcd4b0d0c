import { isObjectType, type GraphQLSchema } from 'graphql'
import type { Operation } from '../../engine/sync/operation.js'
import { toOperationView, type OperationType } from '../operation/operation.type.js'
import type { RequestContext } from '../request-context.js'
import type { ApplicationType } from './application.type.js'

/** Callers that read together get the same objects: each is translated once. */
const views = new WeakMap<Operation, OperationType>()

/**
 * Fields that every row of a page is asked for, resolved without Nest: its wrapper costs more per row than the row itself
 * (50 rows: half of the request). They need no guard of their own, they inherit.
 */
export function resolveRowFields(schema: GraphQLSchema): GraphQLSchema {
  const type = schema.getType('Application')
  const field = isObjectType(type) ? type.getFields()['operation'] : undefined
  if (field === undefined) throw new Error('The schema has no field Application.operation to resolve.')
  field.resolve = (row: ApplicationType, _args: unknown, context: RequestContext) => operationOf(row, context)
  return schema
}

/** At once where the page was preloaded: a promise per row costs more than the row. */
function operationOf(
  { row }: ApplicationType,
  { loaders: { operation } }: RequestContext,
): OperationType | undefined | Promise<OperationType | undefined> {
  const { id } = row.application
  return operation.isLoaded(id) ? viewOf(operation.peek(id)) : operation.load(id).then(viewOf)
}

function viewOf(operation: Operation | undefined): OperationType | undefined {
  if (operation === undefined) return undefined
  const view = views.get(operation) ?? toOperationView(operation)
  views.set(operation, view)
  return view
}
