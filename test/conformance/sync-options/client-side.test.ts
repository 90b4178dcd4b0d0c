import { describe, expect, it } from 'vitest'
import type { Manifest } from '../../../src/engine/manifest/manifest.js'
import { kubectl } from '../../support/kubectl.js'
import { useRealWorld } from './real-world.js'

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration'
const here = useRealWorld()

function map(name: string, data: object, annotations: Readonly<Record<string, string>> = {}): Manifest {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, annotations }, data }
}

function deployment(name: string, env: readonly object[]): Manifest {
  const labels = { app: name }
  const containers = [{ name: 'main', image: 'example.invalid/main:1', env }]
  const template = { metadata: { labels }, spec: { containers } }
  const spec = { replicas: 0, selector: { matchLabels: labels }, template }
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name }, spec }
}

function envOf(object: Manifest | undefined): unknown {
  const spec = object?.['spec'] as {
    readonly template: { readonly spec: { readonly containers: unknown[] } }
  }
  return (spec.template.spec.containers[0] as { readonly env: unknown }).env
}

/** An edit as other people make it. */
async function edit(kind: string, name: string, patch: object): Promise<void> {
  const { access, namespace } = here()
  const args = ['-n', namespace, 'patch', kind, name, '--type=strategic', '-p', JSON.stringify(patch)]
  await kubectl(access, args)
}

describe('ServerSideApply=false [1.4 ServerSideApply]', () => {
  it('sets, removes and heals what was declared, leaves the rest, and notes it as kubectl does', async () => {
    const options = ['ServerSideApply=false']
    const application = await here().declare({ objects: [map('plain', { a: '1', b: '1' })], options })
    expect((await here().sync(application)).results[0]?.message).toBe('created')
    await edit('configmap', 'plain', { data: { theirs: 'x' } })
    expect(await here().live('ConfigMap', 'plain')).toMatchObject({
      metadata: {
        managedFields: expect.arrayContaining([
          expect.objectContaining({ manager: 'argocd-controller', operation: 'Update' }),
        ]),
        annotations: { [LAST_APPLIED]: expect.stringContaining('"data":{"a":"1","b":"1"}') },
      },
    })
    await here().becomes(application, 'Synced')

    await here().world.commit(application, [map('plain', { a: '2' })], 'c2')
    expect((await here().sync(application)).results[0]?.message).toBe('configured')
    expect((await here().live('ConfigMap', 'plain'))?.['data']).toEqual({ a: '2', theirs: 'x' })
    expect((await here().sync(application)).results[0]?.message).toBe('unchanged')

    await edit('configmap', 'plain', { data: { a: 'drifted' } })
    await here().becomes(application, 'OutOfSync')
    await here().sync(application)
    await here().becomes(application, 'Synced')
    expect((await here().live('ConfigMap', 'plain'))?.['data']).toEqual({ a: '2', theirs: 'x' })
  })

  it('counts for one object by its annotation, and the operation may ask for it', async () => {
    const annotations = { 'argocd.argoproj.io/sync-options': 'ServerSideApply=false' }
    const application = await here().declare({
      objects: [map('annotated', { a: '1' }, annotations), map('other', { a: '1' })],
    })
    await here().sync(application)
    const noted = async (name: string): Promise<boolean> =>
      LAST_APPLIED in ((await here().live('ConfigMap', name))?.metadata.annotations ?? {})
    expect([await noted('annotated'), await noted('other')]).toEqual([true, false])
    await here().world.commit(
      application,
      [map('annotated', { a: '1' }, annotations), map('other', { a: '2' })],
      'c2',
    )
    await here().sync(application, { syncOptions: ['ServerSideApply=false'] })
    expect(await noted('other')).toBe(true)
  })

  it('goes over to the server side and back without losing what leaves Git in between', async () => {
    const client = { syncOptions: ['ServerSideApply=false'] }
    const application = await here().declare({ objects: [map('both', { a: '1', b: '1', c: '1', d: '1' })] })
    const data = async (): Promise<unknown> => (await here().live('ConfigMap', 'both'))?.['data']
    await here().sync(application, client)
    await here().world.commit(application, [map('both', { a: '1', b: '1', d: '1' })], 'c2')
    await here().sync(application)
    expect(await data()).toEqual({ a: '1', b: '1', d: '1' })
    await here().world.commit(application, [map('both', { a: '1', e: '1' })], 'c3')
    await here().sync(application)
    expect(await data()).toEqual({ a: '1', e: '1' })
    await here().world.commit(application, [map('both', { a: '1' })], 'c4')
    await here().sync(application, client)
    expect(await data()).toEqual({ a: '1' })
    await here().becomes(application, 'Synced')
  })

  it('says in advance and at a dry run what the server refuses', async () => {
    const bad = { ...map('bad', {}), data: { 'not/a/key': 'x' } }
    const application = await here().declare({ objects: [bad], options: ['ServerSideApply=false'] })
    const { phase, message } = await here().sync(application, { dryRun: true })
    expect({ phase, told: message.includes('not/a/key') }).toEqual({ phase: 'Failed', told: true })
    expect(await here().live('ConfigMap', 'bad')).toBeUndefined()
  })
})

describe('what server-side apply refuses [1.4 ServerSideApply]', () => {
  const twice = [
    { name: 'A', value: '1' },
    { name: 'A', value: '2' },
    { name: 'B', value: '1' },
  ]

  it('is applied on the client side, says so, and is judged and healed like all else', async () => {
    const application = await here().declare({ objects: [deployment('twice', twice)] })
    const { phase, results } = await here().sync(application)
    expect(phase).toBe('Succeeded')
    expect(results[0]?.message).toMatch(
      /^created; applied on the client side: it declares two items with the key \[name="A"\] in one list/,
    )
    await here().becomes(application, 'Synced')
    const container = { name: 'main', env: [{ name: 'B', value: 'drifted' }] }
    await edit('deployment', 'twice', { spec: { template: { spec: { containers: [container] } } } })
    await here().becomes(application, 'OutOfSync')
    await here().sync(application)
    expect(envOf(await here().live('Deployment', 'twice', 'apps'))).toEqual(twice)
    await here().becomes(application, 'Synced')
    await here().world.commit(application, [deployment('twice', twice.slice(0, 1))], 'c2')
    await here().sync(application)
    expect(envOf(await here().live('Deployment', 'twice', 'apps'))).toEqual([{ name: 'A', value: '1' }])
  })

  it('fails with ServerSideApply=true', async () => {
    const application = await here().declare({
      objects: [deployment('never', twice)],
      options: ['ServerSideApply=true'],
    })
    const { phase, message } = await here().sync(application)
    expect({ phase, told: message.includes('duplicate entries for key') }).toEqual({
      phase: 'Failed',
      told: true,
    })
  })

  it('an unknown field is refused, but with Validate=false left away by the server [1.4 Validate]', async () => {
    const odd = { ...map('odd', { a: '1' }), dta: { b: '1' } }
    const application = await here().declare({ objects: [odd] })
    const refused = await here().sync(application)
    expect({ phase: refused.phase, told: refused.message.includes('dta') }).toEqual({
      phase: 'Failed',
      told: true,
    })
    const { phase, results } = await here().sync(application, { syncOptions: ['Validate=false'] })
    expect(phase).toBe('Succeeded')
    expect(results[0]?.message).toContain('applied on the client side: Validate=false')
    await here().world.commit(application, [{ ...odd, data: { a: '2' } }], 'c2')
    const strict = await here().sync(application, { syncOptions: ['ServerSideApply=false'] })
    expect(strict.message).toContain('unknown field "dta"')
  })
})
