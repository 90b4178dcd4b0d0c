import { describe, expect, it } from 'vitest'
import { configMap, deployment } from './declared.js'
import { leavesOf, ourLeaves } from './field-set.js'
import { at, type Place, usePlace } from './place.js'

const CONFIG_MAPS = 'v1/configmaps'
const DEPLOYMENTS = 'apps/v1/deployments'
const REPLICAS = 'f:spec/f:replicas'
const place = usePlace()

async function scale(here: Place, name: string, replicas: number): Promise<void> {
  const path = `${here.path(DEPLOYMENTS, name)}/scale?fieldManager=autoscaler`
  const contentType = 'application/merge-patch+json'
  await here.client.expect({ method: 'PATCH', path, contentType, body: { spec: { replicas } } })
}

describe('an apply that changes nothing', () => {
  it('keeps the resourceVersion, so nobody who watches is woken', async () => {
    const here = place()
    const first = await here.applied(CONFIG_MAPS, configMap('still', { a: '1', b: '2' }))
    const again = await here.applied(CONFIG_MAPS, configMap('still', { b: '2', a: '1' }))
    expect(again.metadata.resourceVersion).toBe(first.metadata.resourceVersion)
    expect(again.metadata['managedFields']).toEqual(first.metadata['managedFields'])
  })
})

describe('an autoscaler writing /scale', () => {
  it('takes replicas out of our field set', async () => {
    const here = place()
    await here.applied(DEPLOYMENTS, deployment('scaled', { spec: { replicas: 3 } }))
    await scale(here, 'scaled', 5)
    const live = await here.get(DEPLOYMENTS, 'scaled')
    expect(ourLeaves(live)).not.toContain(REPLICAS)
    expect(leavesOf(live, 'autoscaler', 'Update')).toEqual([REPLICAS])
  })

  it('is overwritten by a forced apply that declares replicas', async () => {
    const here = place()
    await here.applied(DEPLOYMENTS, deployment('fought', { spec: { replicas: 3 } }))
    await scale(here, 'fought', 5)
    const live = await here.applied(DEPLOYMENTS, deployment('fought', { spec: { replicas: 3 } }))
    expect(at(live, 'spec.replicas')).toBe(3)
    expect(leavesOf(live, 'autoscaler', 'Update')).toEqual([])
  })

  it('is left alone by an apply that does not declare replicas', async () => {
    const here = place()
    await here.applied(DEPLOYMENTS, deployment('free'))
    await scale(here, 'free', 5)
    expect(at(await here.applied(DEPLOYMENTS, deployment('free')), 'spec.replicas')).toBe(5)
  })

  it('is not harmed when replicas leave Git after it has scaled', async () => {
    const here = place()
    await here.applied(DEPLOYMENTS, deployment('handed', { spec: { replicas: 3 } }))
    await scale(here, 'handed', 5)
    expect(at(await here.applied(DEPLOYMENTS, deployment('handed')), 'spec.replicas')).toBe(5)
  })

  it('finds 1 replica when replicas leave Git while they are ours alone', async () => {
    const here = place()
    await here.applied(DEPLOYMENTS, deployment('fallen', { spec: { replicas: 3 } }))
    expect(at(await here.applied(DEPLOYMENTS, deployment('fallen')), 'spec.replicas')).toBe(1)
  })
})

describe('an edit that is reverted', () => {
  const MIN_READY = 'f:spec/f:minReadySeconds'
  const declared = (name: string) => deployment(name, { spec: { replicas: 0, minReadySeconds: 5 } })

  async function editAndRevert(here: Place, name: string): Promise<void> {
    await here.applied(DEPLOYMENTS, declared(name))
    await here.edit(DEPLOYMENTS, name, { spec: { minReadySeconds: 9 } })
    await here.edit(DEPLOYMENTS, name, { spec: { minReadySeconds: 5 } })
  }

  it('removes us from managedFields although the value is the declared one', async () => {
    const here = place()
    await editAndRevert(here, 'reverted')
    const live = await here.get(DEPLOYMENTS, 'reverted')
    expect(at(live, 'spec.minReadySeconds')).toBe(5)
    expect(ourLeaves(live)).not.toContain(MIN_READY)
    expect(leavesOf(live, 'someone-else', 'Update')).toEqual([MIN_READY])
  })

  it('is no difference to a dry run, and the next apply makes the field ours and theirs', async () => {
    const here = place()
    await editAndRevert(here, 'shared')
    const live = await here.get(DEPLOYMENTS, 'shared')
    const preview = (await here.apply(DEPLOYMENTS, declared('shared'), { dryRun: true })).object
    expect(preview['spec']).toEqual(live['spec'])
    const applied = await here.applied(DEPLOYMENTS, declared('shared'))
    expect(ourLeaves(applied)).toContain(MIN_READY)
    expect(leavesOf(applied, 'someone-else', 'Update')).toEqual([MIN_READY])
  })

  it('keeps the field alive when it leaves Git later: the other owner still holds it', async () => {
    const here = place()
    await editAndRevert(here, 'stays')
    await here.applied(DEPLOYMENTS, declared('stays'))
    const live = await here.applied(DEPLOYMENTS, deployment('stays', { spec: { replicas: 0 } }))
    expect(at(live, 'spec.minReadySeconds')).toBe(5)
  })

  it('of the same value changes nobody', async () => {
    const here = place()
    const first = await here.applied(CONFIG_MAPS, configMap('same', { a: '1' }))
    const live = await here.edit(CONFIG_MAPS, 'same', { data: { a: '1' } })
    expect(live.metadata.resourceVersion).toBe(first.metadata.resourceVersion)
  })
})

describe('a declared field that somebody deletes', () => {
  it('leaves our field set, and apply brings it back', async () => {
    const here = place()
    await here.applied(CONFIG_MAPS, configMap('bitten', { a: '1', b: '2' }))
    const bitten = await here.edit(CONFIG_MAPS, 'bitten', { data: { a: null } })
    expect(ourLeaves(bitten)).toEqual(['f:data/f:b'])
    const healed = await here.applied(CONFIG_MAPS, configMap('bitten', { a: '1', b: '2' }))
    expect(healed['data']).toEqual({ a: '1', b: '2' })
  })
})
