import { specifiedRules, validate, visit, BREAK, type DocumentNode, type GraphQLSchema } from 'graphql'
import { AppError } from '../base/app-error.js'
import { depthLimit, MAX_DOCUMENT_LENGTH, oneOperation, tooComplex } from './document-limits.js'
import { requireCheap, type Variables } from './object-cost.js'
import type { GraphqlErrors } from './graphql-errors.js'
import type { RequestContext } from './request-context.js'
import { EqualDocuments } from './equal-documents.js'

type Execution = readonly [GraphQLSchema, DocumentNode, Partial<RequestContext>, Variables?]

/** The part of Mercurius that takes hooks. */
interface HookHost {
  addHook(name: 'preParsing', hook: (schema: GraphQLSchema, source: string) => Promise<void>): void
  addHook(name: 'preExecution', hook: (...call: Execution) => Promise<void>): void
  addHook(
    name: 'preSubscriptionExecution',
    hook: (schema: GraphQLSchema, document: DocumentNode, context: Partial<RequestContext>) => Promise<void>,
  ): void
}

export const DOCUMENT_RULES = [oneOperation, depthLimit]

/** Puts the limits where they see every request: before parsing, and before each execution with its variables. */
export function addGraphqlHooks(host: HookHost, errors: GraphqlErrors): void {
  host.addHook('preParsing', async (_schema, source) => requireShort(source))
  host.addHook('preExecution', async (...[schema, document, context, variables]) => {
    requireNoIntrospection(document, context)
    requireCheap(schema, document, variables ?? {})
  })
  const documents = new EqualDocuments()
  host.addHook('preSubscriptionExecution', async (schema, document, context) => {
    try {
      requireSubscribable(schema, document, context)
      documents.keepOnce(document)
    } catch (error) {
      // Mercurius sends what is thrown here as it is.
      throw errors.outward(error)
    }
  })
}

function requireSubscribable(
  schema: GraphQLSchema,
  document: DocumentNode,
  context: Partial<RequestContext>,
): void {
  if (context.principal === undefined) throw new AppError('UNAUTHENTICATED', 'Sign in first.')
  // Mercurius runs a subscription without validating it.
  const [fault] = validate(schema, document, [...specifiedRules, ...DOCUMENT_RULES], {
    maxErrors: 1,
    hideSuggestions: true,
  })
  if (fault !== undefined) throw fault
  // The hook does not see variables: a variable `first` counts as the largest page.
  requireCheap(schema, document, {})
}

function requireShort(source: string): void {
  if (source.length > MAX_DOCUMENT_LENGTH) throw tooComplex('The document is longer than 100 KiB.')
}

const introspects = new WeakMap<DocumentNode, boolean>()

function requireNoIntrospection(document: DocumentNode, context: Partial<RequestContext>): void {
  if (context.principal !== undefined) return
  let asks = introspects.get(document)
  if (asks === undefined) {
    asks = false
    visit(document, {
      Field(node) {
        if (node.name.value !== '__schema' && node.name.value !== '__type') return undefined
        asks = true
        return BREAK
      },
    })
    introspects.set(document, asks)
  }
  if (asks) throw new AppError('UNAUTHENTICATED', 'Sign in to read the schema.')
}
