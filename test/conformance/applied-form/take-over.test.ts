import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../cluster/cluster-client.js'
import { kubectl } from '../../support/kubectl.js'
import { configMap } from './declared.js'
import { type ManagedFields, managedFields, OURS, ourLeaves } from './field-set.js'
import { at, ifUnchanged, type Place, usePlace } from './place.js'

const CONFIG_MAPS = 'v1/configmaps'
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration'
const place = usePlace()

const both = (name: string) => configMap(name, { a: '1', b: '2' })
const onlyA = (name: string) => configMap(name, { a: '1' })

/** `kubectl apply` on the client side, then an annotation of somebody else. */
async function clientSideApplied(here: Place, name: string, manager: string): Promise<KubeObject> {
  const args = ['-n', here.namespace, 'apply', `--field-manager=${manager}`, '-f', '-']
  await kubectl(here.cluster, args, { input: JSON.stringify(both(name)) })
  return here.edit(CONFIG_MAPS, name, { metadata: { annotations: { theirs: 'x' } } })
}

async function rewrite(here: Place, live: KubeObject, entries: readonly ManagedFields[]): Promise<number> {
  const value = entries.length === 0 ? [{}] : entries
  const change = { op: 'replace', path: '/metadata/managedFields', value }
  return (await here.patch(CONFIG_MAPS, live.metadata.name, [ifUnchanged(live), change])).status
}

function annotations(object: KubeObject): readonly string[] {
  return Object.keys((at(object, 'metadata.annotations') ?? {}) as object)
}

describe.each(['kubectl-client-side-apply', OURS])(
  'an object applied on the client side by %s',
  (manager) => {
    const name = (what: string): string => `${what}-${manager}`

    it('without a take-over keeps what leaves Git: the Update entry still owns it', async () => {
      const here = place()
      await clientSideApplied(here, name('kept'), manager)
      await here.applied(CONFIG_MAPS, both(name('kept')))
      expect((await here.applied(CONFIG_MAPS, onlyA(name('kept'))))['data']).toEqual({ a: '1', b: '2' })
    })

    it('is taken over by turning the Update entry into our Apply entry: what leaves Git is removed', async () => {
      const here = place()
      const live = await clientSideApplied(here, name('taken'), manager)
      const entries = managedFields(live).map((entry): ManagedFields =>
        entry.manager === manager ? { ...entry, manager: OURS, operation: 'Apply' } : entry,
      )
      expect(await rewrite(here, live, entries)).toBe(200)
      const applied = await here.applied(CONFIG_MAPS, onlyA(name('taken')))
      expect(applied['data']).toEqual({ a: '1' })
      // The last-applied annotation was in the entry and is not declared: it goes too. Those of others stay.
      expect(annotations(applied)).toEqual(['theirs'])
    })

    it('is taken over after an apply by dropping the Update entry, and keeps last-applied', async () => {
      const here = place()
      await clientSideApplied(here, name('dropped'), manager)
      const first = await here.applied(CONFIG_MAPS, both(name('dropped')))
      const entries = managedFields(first).filter(
        (entry) => entry.manager !== manager || entry.operation === 'Apply',
      )
      expect(await rewrite(here, first, entries)).toBe(200)
      const applied = await here.applied(CONFIG_MAPS, onlyA(name('dropped')))
      expect(applied['data']).toEqual({ a: '1' })
      expect([...annotations(applied)].sort()).toEqual([LAST_APPLIED, 'theirs'])
    })

    it('refuses the take-over with 409 when the object changed meanwhile', async () => {
      const here = place()
      const live = await clientSideApplied(here, name('raced'), manager)
      await here.edit(CONFIG_MAPS, name('raced'), { data: { c: '3' } })
      expect(await rewrite(here, live, managedFields(live))).toBe(409)
    })
  },
)

describe('an object whose managedFields were cleared', () => {
  async function cleared(here: Place, name: string): Promise<KubeObject> {
    await here.applied(CONFIG_MAPS, both(name))
    const live = await here.edit(CONFIG_MAPS, name, { metadata: { annotations: { theirs: 'x' } } })
    expect(await rewrite(here, live, [])).toBe(200)
    return here.get(CONFIG_MAPS, name)
  }

  it('has none, and edits of others are not tracked either', async () => {
    const here = place()
    expect(managedFields(await cleared(here, 'bare'))).toEqual([])
    expect(managedFields(await here.edit(CONFIG_MAPS, 'bare', { data: { z: '1' } }))).toEqual([])
  })

  it('gives everything live to `before-first-apply` at the next apply, so nothing is ever removed', async () => {
    const here = place()
    await cleared(here, 'frozen')
    const applied = await here.applied(CONFIG_MAPS, onlyA('frozen'))
    expect(applied['data']).toEqual({ a: '1', b: '2' })
    expect(managedFields(applied).map((entry) => entry.manager)).toEqual([OURS, 'before-first-apply'])
  })

  it('is ours again after writing our last field set: what left Git goes, what others added stays', async () => {
    const here = place()
    const live = await cleared(here, 'restored')
    const fieldsV1 = { 'f:data': { 'f:a': {}, 'f:b': {} } }
    const entry = {
      manager: OURS,
      operation: 'Apply',
      apiVersion: 'v1',
      fieldsType: 'FieldsV1',
      fieldsV1,
    } as const
    expect(await rewrite(here, live, [entry])).toBe(200)
    const applied = await here.applied(CONFIG_MAPS, onlyA('restored'))
    expect(applied['data']).toEqual({ a: '1' })
    expect(annotations(applied)).toEqual(['theirs'])
    expect(ourLeaves(applied)).toEqual(['f:data/f:a'])
  })

  it('loses what others added when the set is taken from the live object', async () => {
    const here = place()
    const live = await cleared(here, 'robbed')
    const fieldsV1 = {
      'f:data': { 'f:a': {}, 'f:b': {} },
      'f:metadata': { 'f:annotations': { 'f:theirs': {} } },
    }
    const entry = {
      manager: OURS,
      operation: 'Apply',
      apiVersion: 'v1',
      fieldsType: 'FieldsV1',
      fieldsV1,
    } as const
    expect(await rewrite(here, live, [entry])).toBe(200)
    expect(annotations(await here.applied(CONFIG_MAPS, both('robbed')))).toEqual([])
  })
})
