import { describe, expect, it } from 'vitest'
import type { CliIo } from '../cli-io.js'
import type { OperationView } from './app-view.js'
import { progressView } from './show-progress.js'

function io(more: Partial<CliIo> = {}) {
  const said = { out: '', err: '' }
  const world: CliIo = {
    out: (text) => void (said.out += text),
    err: (text) => void (said.err += text),
    env: {},
    interactive: false,
    stdin: async () => '',
    ask: async () => '',
    sleep: async () => undefined,
    monotonic: () => 0,
    ...more,
  }
  return { world, said }
}

function operation(message: string, ...names: readonly string[]): OperationView {
  const results = names.map((name) => {
    const key = { group: '', kind: 'ConfigMap', namespace: 'shop', name }
    return { ...key, outcome: 'CREATED', status: 'Synced', message: 'created' }
  })
  return { id: 'o', kind: 'SYNC', phase: 'RUNNING', message, revisions: [], startedAt: '', results }
}

describe('progressView()', () => {
  it('tells each change once in a line of its own, and every 10 s that it still runs', () => {
    const { world, said } = io()
    const view = progressView(world, 'web')
    view.show(operation('begun'), 0)
    view.show(operation('begun', 'a'), 500)
    view.show(operation('waiting for b', 'a', 'b'), 1_000)
    view.show(operation('waiting for b', 'a', 'b'), 1_500)
    view.show(operation('waiting for b', 'a', 'b'), 12_000)
    view.end()
    expect(said.err.split('\n')).toEqual([
      'web: ConfigMap shop/a created: created',
      'web: ConfigMap shop/b created: created',
      'web: waiting for b',
      'web: waiting for b',
      '',
    ])
    expect(said.out).toBe('')
  })

  it('keeps a table in place on a terminal, and takes it away for the result', () => {
    let written = ''
    const screen = { columns: () => 80, rows: () => 24, write: (text: string) => void (written += text) }
    const { world, said } = io({ screen })
    const view = progressView(world, 'web')
    view.show(operation('begun', 'a'), 3_400)
    expect(written).toContain('web  Running  3 s  begun')
    expect(written).toContain('ConfigMap  shop       a     created')
    view.end()
    expect(written.endsWith('\u001b[J')).toBe(true)
    expect(said).toEqual({ out: '', err: '' })
  })

  it('lets no message steer the terminal', () => {
    const { world, said } = io()
    const view = progressView(world, 'web')
    view.show(operation('begun'), 0)
    view.show(operation('\u001b[2Jgone'), 100)
    expect(said.err).toBe('web:  [2Jgone\n')
  })
})
