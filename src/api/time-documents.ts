import { Kind, type DocumentNode, type ExecutionResult, type GraphQLSchema } from 'graphql'
import type { Metrics } from '../telemetry/metrics.js'

type Context = object

/** The part of Mercurius that is listened to. */
interface HookHost {
  addHook(
    name: 'preExecution',
    hook: (schema: GraphQLSchema, document: DocumentNode, context: Context) => Promise<void>,
  ): void
  addHook(name: 'onResolution', hook: (execution: ExecutionResult, context: Context) => Promise<void>): void
}

interface What {
  readonly kind: string
  readonly field: string
}

/** Times each executed document by its first root field: the schema knows them all, so callers invent none. */
export function timeDocuments(host: HookHost, metrics: Metrics): void {
  const known = new WeakMap<DocumentNode, What>()
  const begun = new WeakMap<Context, { readonly at: number; readonly what: What }>()
  host.addHook('preExecution', async (_schema, document, context) => {
    const what = known.get(document) ?? whatOf(document)
    known.set(document, what)
    begun.set(context, { at: performance.now(), what })
  })
  host.addHook('onResolution', async ({ errors }, context) => {
    const run = begun.get(context)
    if (run === undefined) return
    const outcome = errors === undefined || errors.length === 0 ? 'done' : 'failed'
    const seconds = (performance.now() - run.at) / 1000
    metrics.observe('lockstep_graphql_duration_seconds', { ...run.what, outcome }, seconds)
  })
}

function whatOf(document: DocumentNode): What {
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue
    const first = definition.selectionSet.selections.find((selection) => selection.kind === Kind.FIELD)
    return { kind: definition.operation, field: first?.name.value ?? 'fragment' }
  }
  return { kind: 'none', field: 'none' }
}
