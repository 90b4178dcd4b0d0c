import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { IgnoreDifference } from '../../../src/engine/application/application.js'
import type { Manifest } from '../../../src/engine/manifest/manifest.js'
import { kubectl } from '../../support/kubectl.js'
import { useRealWorld } from './real-world.js'

const here = useRealWorld()
const OPTIONS = 'argocd.argoproj.io/sync-options'

function map(name: string, data: object, annotations: Readonly<Record<string, string>> = {}): Manifest {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, annotations }, data }
}

async function edit(name: string, data: object): Promise<void> {
  const args = [
    '-n',
    here().namespace,
    'patch',
    'configmap',
    name,
    '--type=merge',
    '-p',
    JSON.stringify({ data }),
  ]
  await kubectl(here().access, args)
}

const contentOf = async (name: string): Promise<unknown> => (await here().live('ConfigMap', name))?.['data']

describe.each([['on the server side'], ['on the client side', 'ServerSideApply=false']])(
  'RespectIgnoreDifferences=true %s [2.1 ignoreDifferences?]',
  (_where, ...way) => {
    const name = `ignored-${String(way.length)}`
    const ignoreDifferences: readonly IgnoreDifference[] = [{ kind: 'ConfigMap', jsonPointers: ['/data/a'] }]

    it('creates as declared, then leaves the ignored field to others, also when Git drops it', async () => {
      const application = await here().declare({
        objects: [map(name, { a: '1', b: '1' })],
        options: ['RespectIgnoreDifferences=true', ...way],
        spec: { ignoreDifferences },
      })
      await here().sync(application)
      expect(await contentOf(name)).toEqual({ a: '1', b: '1' })
      await edit(name, { a: 'theirs' })
      await here().becomes(application, 'Synced')
      await here().world.commit(application, [map(name, { a: '1', b: '2' })], 'c2')
      await here().sync(application)
      expect(await contentOf(name)).toEqual({ a: 'theirs', b: '2' })
      await here().world.commit(application, [map(name, { b: '3' })], 'c3')
      await here().sync(application)
      expect(await contentOf(name)).toEqual({ a: 'theirs', b: '3' })
      await here().becomes(application, 'Synced')
    })

    it('is off by default: a sync writes the ignored field too', async () => {
      const plain = `plain-${name}`
      const application = await here().declare({
        objects: [map(plain, { a: '1', b: '1' })],
        options: way,
        spec: { ignoreDifferences },
      })
      await here().sync(application)
      await edit(plain, { a: 'theirs' })
      await here().world.commit(application, [map(plain, { a: '1', b: '2' })], 'c2')
      await here().sync(application)
      expect(await contentOf(plain)).toEqual({ a: '1', b: '2' })
    })
  },
)

describe('ClientSideApplyMigration [1.4 ClientSideApplyMigration]', () => {
  async function appliedBy(manager: string, name: string): Promise<void> {
    const args = ['-n', here().namespace, 'apply', `--field-manager=${manager}`, '-f', '-']
    await kubectl(here().access, args, { input: JSON.stringify(map(name, { a: '1', b: '1' })) })
  }

  it.each([
    ['kubectl-client-side-apply', 'default', {}, [], { a: '1' }],
    ['kubectl-client-side-apply', 'off', {}, ['ClientSideApplyMigration=false'], { a: '1', b: '1' }],
    [
      'deployer',
      'named',
      { 'argocd.argoproj.io/client-side-apply-migration-manager': 'deployer' },
      [],
      { a: '1' },
    ],
    ['deployer', 'unnamed', {}, [], { a: '1', b: '1' }],
  ])('of what %s applied, %s', async (manager, what, annotations, options, left) => {
    const name = `migrated-${what}`
    await appliedBy(manager, name)
    const application = await here().declare({ objects: [map(name, { a: '1' }, annotations)], options })
    await here().sync(application)
    expect(await contentOf(name)).toEqual(left)
  })
})

describe('CreateNamespace=true [1.4 CreateNamespace]', () => {
  const fresh = (): string => `made-${randomBytes(4).toString('hex')}`
  const read = (name: string): Promise<Manifest | undefined> =>
    here().server.get({ group: '', kind: 'Namespace', namespace: '', name })

  function destined(namespace: string, managedNamespaceMetadata?: object) {
    const syncPolicy = {
      syncOptions: ['CreateNamespace=true'],
      ...(managedNamespaceMetadata && { managedNamespaceMetadata }),
    }
    return { destination: { name: 'here', namespace }, syncPolicy }
  }

  it('makes the destination namespace, and changes none that is there', async () => {
    const name = fresh()
    const application = await here().declare({ objects: [map('a', { a: '1' })], spec: destined(name) })
    expect((await here().sync(application)).phase).toBe('Succeeded')
    expect((await read(name))?.metadata.annotations).toBeUndefined()
  })

  it('with managedNamespaceMetadata owns exactly those keys, sees their drift, and keeps the namespace', async () => {
    const name = fresh()
    const spec = destined(name, {
      labels: { team: 'web', tier: 'one' },
      annotations: { contact: 'web@example.com' },
    })
    const application = await here().declare({ objects: [map('a', { a: '1' })], spec })
    expect((await here().sync(application)).phase).toBe('Succeeded')
    expect((await read(name))?.metadata.labels).toMatchObject({ team: 'web', tier: 'one' })
    await kubectl(here().access, ['label', 'namespace', name, 'theirs=x', 'team=drifted', '--overwrite'])
    await here().becomes(application, 'OutOfSync')
    await here().sync(application)
    await here().becomes(application, 'Synced')
    expect((await read(name))?.metadata.labels).toMatchObject({ team: 'web', theirs: 'x' })
    expect((await read(name))?.metadata.annotations).toMatchObject({
      contact: 'web@example.com',
      [OPTIONS]: 'Prune=false,Delete=false',
    })
    await here().world.commit(application, [], 'c2')
    const { phase } = await here().sync(application, { confirmedPrune: true })
    expect(phase).toBe('Succeeded')
    expect((await read(name))?.metadata.deletionTimestamp).toBeUndefined()
    expect(
      await here().server.get({ group: '', kind: 'ConfigMap', namespace: name, name: 'a' }),
    ).toBeDefined()
  })
})

describe('options of what is written', () => {
  it('ApplyOutOfSyncOnly=true applies what differs only [1.4 ApplyOutOfSyncOnly]', async () => {
    const application = await here().declare({
      objects: [map('same', { a: '1' }), map('differs', { a: '1' })],
      options: ['ApplyOutOfSyncOnly=true'],
    })
    await here().sync(application)
    await here().world.commit(application, [map('same', { a: '1' }), map('differs', { a: '2' })], 'c2')
    const { results } = await here().sync(application)
    expect(results.map(({ name }) => name)).toEqual(['differs'])
  })

  it('SkipDryRunOnMissingResource=true syncs before a kind is there [1.4 SkipDryRunOnMissingResource]', async () => {
    const group = `hoped-${randomBytes(4).toString('hex')}.example.com`
    const widget = { apiVersion: `${group}/v1`, kind: 'Widget', metadata: { name: 'w' }, spec: { a: '1' } }
    const application = await here().declare({
      objects: [map('before', { a: '1' }), widget],
      options: ['SkipDryRunOnMissingResource=true'],
    })
    const early = await here().sync(application)
    expect(early.results.map(({ name, status }) => [name, status])).toEqual([
      ['before', 'Synced'],
      ['w', 'SyncFailed'],
    ])
    expect(early.message).toContain('Widget')
    const schema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }
    const spec = {
      group,
      scope: 'Namespaced',
      names: { kind: 'Widget', plural: 'widgets', singular: 'widget' },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema } }],
    }
    const metadata = { name: `widgets.${group}` }
    const definition = {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata,
      spec,
    }
    await kubectl(here().access, ['apply', '-f', '-'], { input: JSON.stringify(definition) })
    await kubectl(here().access, ['wait', '--for=condition=Established', `crd/${metadata.name}`])
    expect((await here().sync(application)).phase).toBe('Succeeded')
    expect(await here().live('Widget', 'w', group)).toMatchObject({ spec: { a: '1' } })
    await here().becomes(application, 'Synced')
  })

  it('FailOnSharedResource=true fails before anything is changed [1.4 FailOnSharedResource] [1.3 Shared resource]', async () => {
    const first = await here().declare({ objects: [map('shared', { a: 'first' })] })
    await here().sync(first)
    const objects = [map('own', { a: '1' }), map('shared', { a: 'second' })]
    const second = await here().declare({ objects, options: ['FailOnSharedResource=true'] })
    await here().becomes(second, 'OutOfSync')
    const { phase, message } = await here().sync(second)
    expect(phase).toBe('Failed')
    expect(message).toContain('claimed it first')
    expect(await here().live('ConfigMap', 'own')).toBeUndefined()
    expect(await contentOf('shared')).toEqual({ a: 'first' })
  })

  it('PruneLast=true and PrunePropagationPolicy are obeyed [1.4 Prune]', async () => {
    const objects = [
      map('stays', { a: '1' }),
      map('early', { a: '1' }),
      map('late', { a: '1' }, { [OPTIONS]: 'PruneLast=true' }),
    ]
    const application = await here().declare({ objects, options: ['PrunePropagationPolicy=background'] })
    await here().sync(application)
    await here().world.commit(application, objects.slice(0, 1), 'c2')
    const { results } = await here().sync(application)
    expect(results.filter(({ outcome }) => outcome === 'pruned').map(({ name }) => name)).toEqual([
      'early',
      'late',
    ])
  })
})
