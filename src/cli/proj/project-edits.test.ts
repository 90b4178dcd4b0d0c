import { describe, expect, it } from 'vitest'
import type { CommandContext } from '../command-context.js'
import { Flags } from '../flags.js'
import type { GraphqlClient } from '../graphql-client.js'
import type { Tree } from './edit-lists.js'
import { projectEdit } from './project-edits.js'

/** What one edit saves of a project, and with which generation. */
async function saved(
  verb: string,
  spec: Tree,
  [args, flags]: readonly [string[], object?],
): Promise<unknown> {
  const inputs: unknown[] = []
  const client = {
    ask: async () => ({ project: { name: 'demo', spec, generation: 7 } }),
    change: async (_name: string, _document: string, input: unknown) => void inputs.push(input),
  } as unknown as GraphqlClient
  const io = { err: () => undefined } as unknown as CommandContext['io']
  const context = { io, args: ['demo', ...args], flags: new Flags({ ...flags }), client: async () => client }
  expect(await projectEdit(verb)(context)).toBe(0)
  expect(inputs).toMatchObject([{ name: 'demo', upsert: true, generation: 7 }])
  return (inputs[0] as { readonly spec: unknown }).spec
}

describe('[1.16 proj] the verbs that change a project keep all else of it', () => {
  const line = 'p, proj:demo:dev, applications, sync, demo/*, allow'
  const window = { kind: 'deny', schedule: '0 1 * * *', duration: '1h' }

  it.each<[string, Tree, readonly [string[], object?], Tree]>([
    [
      'set',
      { sourceRepos: ['a'] },
      [[], { src: ['b'], description: 'x' }],
      { sourceRepos: ['b'], description: 'x' },
    ],
    [
      'add-destination',
      {},
      [['https://c', 'ns']],
      { destinations: [{ server: 'https://c', namespace: 'ns' }] },
    ],
    [
      'add-destination',
      {},
      [['prod', 'ns'], { name: true }],
      { destinations: [{ name: 'prod', namespace: 'ns' }] },
    ],
    [
      'remove-destination',
      { destinations: [{ namespace: '*', server: '*' }] },
      [['*', '*']],
      { destinations: [] },
    ],
    ['add-source', { sourceRepos: ['a'] }, [['b']], { sourceRepos: ['a', 'b'] }],
    ['remove-source', { sourceRepos: ['a', 'b'] }, [['a']], { sourceRepos: ['b'] }],
    ['add-source-namespace', {}, [['team-*']], { sourceNamespaces: ['team-*'] }],
    [
      'allow-cluster-resource',
      {},
      [['', 'Namespace']],
      { clusterResourceWhitelist: [{ group: '', kind: 'Namespace' }] },
    ],
    [
      'deny-cluster-resource',
      { clusterResourceWhitelist: [{ group: '', kind: 'X' }] },
      [['', 'X']],
      { clusterResourceWhitelist: [] },
    ],
    [
      'deny-namespace-resource',
      {},
      [['apps', 'X']],
      { namespaceResourceBlacklist: [{ group: 'apps', kind: 'X' }] },
    ],
    [
      'allow-namespace-resource',
      {},
      [['apps', 'X'], { list: 'allow' }],
      { namespaceResourceWhitelist: [{ group: 'apps', kind: 'X' }] },
    ],
    [
      'add-orphaned-ignore',
      {},
      [['', 'ConfigMap'], { name: 'a*' }],
      { orphanedResources: { ignore: [{ group: '', kind: 'ConfigMap', name: 'a*' }] } },
    ],
    ['role create', {}, [['dev'], { description: 'd' }], { roles: [{ name: 'dev', description: 'd' }] }],
    ['role delete', { roles: [{ name: 'dev' }] }, [['dev']], { roles: [] }],
    [
      'role add-group',
      { roles: [{ name: 'dev' }] },
      [['dev', 'team']],
      { roles: [{ name: 'dev', groups: ['team'] }] },
    ],
    [
      'role add-policy',
      { roles: [{ name: 'dev' }] },
      [['dev'], { action: 'sync', object: '*' }],
      { roles: [{ name: 'dev', policies: [line] }] },
    ],
    [
      'role remove-policy',
      { roles: [{ name: 'dev', policies: [line] }] },
      [['dev'], { action: 'sync', object: 'demo/*' }],
      { roles: [{ name: 'dev', policies: [] }] },
    ],
    [
      'windows add',
      {},
      [[], { ...window, applications: ['a,b'], manualSync: true }],
      { syncWindows: [{ ...window, applications: ['a', 'b'], manualSync: true }] },
    ],
    [
      'windows update',
      { syncWindows: [window, window] },
      [['1'], { duration: '2h' }],
      { syncWindows: [window, { ...window, duration: '2h' }] },
    ],
    ['windows delete', { syncWindows: [window] }, [['0']], { syncWindows: [] }],
    [
      'windows enable-manual-sync',
      { syncWindows: [window] },
      [['0']],
      { syncWindows: [{ ...window, manualSync: true }] },
    ],
    [
      'windows disable-sync-overrun',
      { syncWindows: [window] },
      [['0']],
      { syncWindows: [{ ...window, syncOverrun: false }] },
    ],
  ])('proj %s', async (verb, before, asked, after) => {
    expect(await saved(verb, { kept: 'as it is', ...before }, asked)).toEqual({ kept: 'as it is', ...after })
  })

  it.each<[string, readonly [string[], object?], string]>([
    ['add-source', [['a']], 'sourceRepos has "a" already'],
    ['remove-source', [['b']], 'sourceRepos has no "b"'],
    ['role add-group', [['nobody', 'team']], 'the project has no role "nobody"'],
    ['windows delete', [['3']], 'the project has no sync window "3"'],
    ['windows add', [[], { ...window }], 'the window would count for nothing'],
    ['allow-cluster-resource', [['', 'X'], { list: 'grey' }], '--list is allow or deny'],
  ])('proj %s says what is wrong', async (verb, asked, message) => {
    await expect(saved(verb, { sourceRepos: ['a'] }, asked)).rejects.toThrow(message)
  })
})
