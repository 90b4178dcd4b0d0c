import { describe, expect, it } from 'vitest'
import { blockerOf, hopelessOf, type Wanted } from './app/wait-apps.js'
import type { AppView } from './app/app-view.js'
import { specWithFlags } from './app/spec-flags.js'
import type { CliIo } from './cli-io.js'
import { Flags } from './flags.js'
import { normalizedArguments, runCli } from './main.js'
import { lineDiff } from './output/line-diff.js'
import { table } from './output/table.js'

function silentIo(): CliIo & { readonly said: { out: string; err: string } } {
  const said = { out: '', err: '' }
  return {
    said,
    out: (text) => void (said.out += text),
    err: (text) => void (said.err += text),
    env: { XDG_CONFIG_HOME: '/nonexistent' },
    interactive: false,
    stdin: async () => '',
    ask: async () => '',
    sleep: async () => undefined,
    monotonic: () => 0,
  }
}

describe('runCli()', () => {
  it('exits with 20 for every error and says what to try on stderr', async () => {
    for (const args of [['frob'], ['app', 'list', '--frob'], ['app', 'list'], ['app', 'get']]) {
      const io = silentIo()
      expect(await runCli(args, io), args.join(' ')).toBe(20)
      expect(io.said.out).toBe('')
      expect(io.said.err).toMatch(/^Error: /)
    }
  })

  it('exits with 2 when app diff cannot compare', async () => {
    expect(await runCli(['app', 'diff', 'shop'], silentIo())).toBe(2)
  })

  it('exits with 0 for help', async () => {
    const io = silentIo()
    expect(await runCli(['app', '--help'], io)).toBe(0)
    expect(io.said.out).toContain('sync')
  })
})

describe('normalizedArguments()', () => {
  it('turns --flag=false around and leaves values alone', () => {
    expect(
      normalizedArguments(['--cascade=false', '--auto-prune=true', '--sync-option=Prune=false']),
    ).toEqual(['--no-cascade', '--auto-prune', '--sync-option=Prune=false'])
  })
})

describe('table()', () => {
  it('aligns columns, also with wide characters, and cuts control characters', () => {
    expect(
      table(
        ['A', 'B'],
        [
          ['集群', 'x'],
          ['a\u001b[31m', 'y'],
        ],
      ),
    ).toBe('A       B\n集群    x\na [31m  y\n')
  })
})

describe('lineDiff()', () => {
  it('marks what is live only and what is declared only', () => {
    expect(lineDiff('a\nb\nc\n', 'a\nx\nc\n')).toBe('  a\n- b\n+ x\n  c\n')
    expect(lineDiff('same\n', 'same\n')).toBe('')
  })
})

describe('specWithFlags()', () => {
  it('keeps an automated policy without options', () => {
    const flags = new Flags({ syncPolicy: 'automated', repo: 'https://git/x', destName: 'one' })
    expect(specWithFlags({ project: 'default' }, flags)).toEqual({
      project: 'default',
      source: { repoURL: 'https://git/x' },
      destination: { name: 'one' },
      syncPolicy: { automated: {} },
    })
  })

  it('replaces the server by a name and drops automation with none', () => {
    const before = { destination: { server: 'https://a' }, syncPolicy: { automated: { prune: true } } }
    expect(specWithFlags(before, new Flags({ destName: 'b', syncPolicy: 'none' }))).toEqual({
      destination: { name: 'b' },
    })
  })
})

describe('blockerOf()', () => {
  const wanted: Wanted = {
    sync: true,
    health: true,
    suspended: false,
    degraded: false,
    operation: true,
    gone: false,
  }
  const app = {
    name: 'shop',
    generation: 2,
    observedGeneration: 2,
    sync: 'SYNCED',
    health: { status: 'HEALTHY' },
  } as unknown as AppView

  it('is satisfied by a synced, healthy application', () => {
    expect(blockerOf(app, wanted)).toBeUndefined()
  })

  it('does not believe a comparison of an older spec', () => {
    expect(blockerOf({ ...app, observedGeneration: 1 }, wanted)).toContain('not compared')
  })

  it('names the conditions beside what blocks', () => {
    const unknown = {
      ...app,
      sync: 'UNKNOWN',
      conditions: [{ type: 'ComparisonError', message: 'no answer', lastTransitionTime: '' }],
    }
    expect(blockerOf(unknown, wanted)).toBe('shop: Unknown; ComparisonError: no answer')
  })
})

describe('hopelessOf()', () => {
  const message = 'Destination cluster "gone" is not known.'
  const app = {
    name: 'shop',
    generation: 2,
    observedGeneration: 2,
    conditions: [{ type: 'InvalidSpecError', message, lastTransitionTime: '' }],
  } as unknown as AppView

  it('is the condition that waiting cannot end', () => {
    expect(hopelessOf(app)).toBe(`shop: ${message}`)
  })

  it('says nothing about a spec that was not compared, or an error that may pass', () => {
    expect(hopelessOf({ ...app, observedGeneration: 1 })).toBeUndefined()
    const passing = [{ type: 'ComparisonError', message, lastTransitionTime: '' }]
    expect(hopelessOf({ ...app, conditions: passing })).toBeUndefined()
  })
})
