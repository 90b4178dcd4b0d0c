import { parse, type DocumentNode, type ExecutionResult, type GraphQLSchema } from 'graphql'
import { describe, expect, it } from 'vitest'
import { PrometheusMetrics } from '../telemetry/prometheus/prometheus-metrics.js'
import { timeDocuments } from './time-documents.js'

type Before = (schema: GraphQLSchema, document: DocumentNode, context: object) => Promise<void>
type After = (execution: ExecutionResult, context: object) => Promise<void>

describe('timeDocuments()', () => {
  it('counts by kind, root field and outcome, not by alias', async () => {
    const metrics = new PrometheusMetrics({ ofProcess: false })
    const hooks = new Map<string, Before | After>()
    timeDocuments({ addHook: (name: string, hook: Before | After) => void hooks.set(name, hook) }, metrics)
    const before = hooks.get('preExecution') as Before
    const after = hooks.get('onResolution') as After
    const run = async (text: string, execution: ExecutionResult): Promise<void> => {
      const context = {}
      await before({} as GraphQLSchema, parse(text), context)
      await after(execution, context)
    }
    await run('{ invented: applications { id } }', { data: {} })
    await run('mutation { syncApplication { id } }', { errors: [new Error('no') as never] })
    await after({ data: {} }, {})
    const { text } = await metrics.page()
    expect(text).toContain('_count{kind="query",field="applications",outcome="done"} 1')
    expect(text).toContain('_count{kind="mutation",field="syncApplication",outcome="failed"} 1')
    expect(text).not.toContain('invented')
  })
})
