import { describe, expect, it } from 'vitest'
import { FIELD_MANAGER, ownFieldSet } from '../../../src/engine/diff/field-set.js'
import { takeOverFields } from '../../../src/engine/diff/take-over.js'
import type { Manifest } from '../../../src/engine/manifest/manifest.js'
import { kubectl } from '../../support/kubectl.js'
import { configMap, deployment } from '../applied-form/declared.js'
import { at, type Declared, type Place, usePlace } from '../applied-form/place.js'

const CONFIG_MAPS = 'v1/configmaps'
const DEPLOYMENTS = 'apps/v1/deployments'
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration'
const place = usePlace()

/** `kubectl apply` on the client side, then an annotation of somebody else. */
async function clientSideApplied(here: Place, resource: string, object: Declared): Promise<Manifest> {
  const args = ['-n', here.namespace, 'apply', `--field-manager=${FIELD_MANAGER}`, '-f', '-']
  await kubectl(here.cluster, args, { input: JSON.stringify(object) })
  return edited(here, resource, object.metadata.name)
}

async function edited(here: Place, resource: string, name: string): Promise<Manifest> {
  return (await here.edit(resource, name, { metadata: { annotations: { theirs: 'x' } } })) as Manifest
}

/** A controller may write in between: then the guard refuses with 422, and the next state is judged. */
async function takeOver(here: Place, resource: string, { name, stored }: TakeOver): Promise<void> {
  const set = stored === undefined ? undefined : ownFieldSet(stored, FIELD_MANAGER)
  for (let attempt = 0; attempt < 10; attempt += 1) {
    const operations = takeOverFields((await here.get(resource, name)) as Manifest, set)
    expect(operations).toHaveLength(2)
    const answer = await here.patch(resource, name, operations)
    if (answer.status === 422) continue
    expect(answer.status).toBe(200)
    expect(takeOverFields(answer.object as Manifest)).toEqual([])
    return
  }
  throw new Error('the object changed ten times')
}

interface TakeOver {
  readonly name: string
  readonly stored?: Manifest
}

async function cleared(here: Place, resource: string, live: Manifest): Promise<void> {
  const clear = [{ op: 'replace', path: '/metadata/managedFields', value: [{}] }]
  expect((await here.patch(resource, live.metadata.name, clear)).status).toBe(200)
}

const withEnvironment = (name: string, names: readonly string[]): Declared =>
  deployment(name, {
    spec: { replicas: 0 },
    container: { env: names.map((one) => ({ name: one, value: '1' })) },
  })

const ENVIRONMENT = 'spec.template.spec.containers.0.env'

describe('takeOverFields()', () => {
  it('lets what leaves Git leave the cluster, and keeps the annotations of others and last-applied', async () => {
    const here = place()
    await clientSideApplied(here, CONFIG_MAPS, configMap('taken', { a: '1', b: '2' }))
    await takeOver(here, CONFIG_MAPS, { name: 'taken' })
    const applied = await here.applied(CONFIG_MAPS, configMap('taken', { a: '1' }))
    expect(applied['data']).toEqual({ a: '1' })
    expect(Object.keys((applied as Manifest).metadata.annotations ?? {}).toSorted()).toEqual([
      LAST_APPLIED,
      'theirs',
    ])
  })

  it('restores cleared managedFields from our stored set', async () => {
    const here = place()
    const stored = (await here.applied(CONFIG_MAPS, configMap('stored', { a: '1', b: '2' }))) as Manifest
    await cleared(here, CONFIG_MAPS, await edited(here, CONFIG_MAPS, 'stored'))
    await takeOver(here, CONFIG_MAPS, { name: 'stored', stored })
    const applied = await here.applied(CONFIG_MAPS, configMap('stored', { a: '1' }))
    expect(applied['data']).toEqual({ a: '1' })
    expect((applied as Manifest).metadata.annotations).toEqual({ theirs: 'x' })
  })

  it('restores cleared managedFields from last-applied, items of list-maps included', async () => {
    const here = place()
    const live = await clientSideApplied(here, DEPLOYMENTS, withEnvironment('annotated', ['A', 'B']))
    await cleared(here, DEPLOYMENTS, live)
    await takeOver(here, DEPLOYMENTS, { name: 'annotated' })
    const applied = await here.applied(DEPLOYMENTS, withEnvironment('annotated', ['A']))
    expect(at(applied, ENVIRONMENT)).toEqual([{ name: 'A', value: '1' }])
    expect(at(applied, 'metadata.annotations.theirs')).toBe('x')
  })
})
