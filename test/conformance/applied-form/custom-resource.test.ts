import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, describe, expect, it } from 'vitest'
import { ourLeaves } from './field-set.js'
import { applyAt, at, type Declared, type Place, usePlace } from './place.js'

const THINGS = 'lockstep.test/v1/things'
const DEFINITION = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/things.lockstep.test'
const place = usePlace()

interface Defaults {
  readonly size: number
  /** Another default in the items of an (atomic) list. */
  readonly protocol?: string
}

function definition({ size, protocol }: Defaults): Declared {
  const item = {
    key: { type: 'string' },
    port: { type: 'integer', default: 80 },
    ...(protocol === undefined ? {} : { protocol: { type: 'string', default: protocol } }),
  }
  const properties = {
    size: { type: 'integer', default: size },
    name: { type: 'string' },
    list: { type: 'array', items: { type: 'object', properties: item } },
    free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
  }
  const openAPIV3Schema = { type: 'object', properties: { spec: { type: 'object', properties } } }
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'things.lockstep.test' },
    spec: {
      group: 'lockstep.test',
      scope: 'Namespaced',
      names: { plural: 'things', singular: 'thing', kind: 'Thing' },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema } }],
    },
  }
}

function thing(name: string, spec: object): Declared {
  return { apiVersion: 'lockstep.test/v1', kind: 'Thing', metadata: { name }, spec }
}

/** The new schema reaches the handlers a moment after it was accepted, so ask until the answer shows it. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await sleep(50)
}

async function define(here: Place, defaults: Defaults): Promise<void> {
  await applyAt(here.client, DEFINITION, { object: definition(defaults) })
  const probe = thing('probe', { list: [{ key: 'a' }] })
  await until(async () => {
    const { status, object } = await here.apply(THINGS, probe, { dryRun: true })
    const protocol = at(object, 'spec.list.0.protocol')
    return status < 300 && at(object, 'spec.size') === defaults.size && protocol === defaults.protocol
  })
}

describe('a custom resource', () => {
  beforeAll(() => define(place(), { size: 1 }))

  it('gets defaults that are not in our field set, save inside a list, which is one leaf', async () => {
    const live = await place().applied(THINGS, thing('plain', { name: 'x', list: [{ key: 'a' }] }))
    expect(live['spec']).toEqual({ name: 'x', size: 1, list: [{ key: 'a', port: 80 }] })
    expect(ourLeaves(live)).toEqual(['f:spec/f:list', 'f:spec/f:name'])
  })

  it('with preserved unknown fields is tracked by shape: maps field by field, lists as a whole', async () => {
    const here = place()
    const declared = thing('free', { free: { map: { a: 1 }, list: [{ n: 1 }], empty: {} } })
    const first = await here.applied(THINGS, declared)
    const free = 'f:spec/f:free'
    expect(ourLeaves(first)).toEqual([`${free}/f:empty`, `${free}/f:list`, `${free}/f:map/f:a`])
    await here.edit(THINGS, 'free', { spec: { free: { map: { b: 2 }, list: [{ n: 1 }, { n: 2 }] } } })
    const healed = await here.applied(THINGS, declared)
    expect(at(healed, 'spec.free')).toEqual({ map: { a: 1, b: 2 }, list: [{ n: 1 }], empty: {} })
  })

  it('with a field the schema does not know is refused with 500', async () => {
    const answer = await place().apply(THINGS, thing('unknown', { nope: 1 }), { fieldValidation: 'Ignore' })
    expect(answer.status).toBe(500)
    expect(answer.object['message']).toContain('.spec.nope: field not declared in schema')
  })
})

describe('a default that changes in the schema', () => {
  it('leaves stored values alone when the field was defaulted at the apply', async () => {
    const here = place()
    await define(here, { size: 1 })
    await here.applied(THINGS, thing('stored', { name: 'x' }))
    await define(here, { size: 2 })
    expect(at(await here.get(THINGS, 'stored'), 'spec.size')).toBe(1)
    expect(at(await here.applied(THINGS, thing('stored', { name: 'x' })), 'spec.size')).toBe(1)
  })

  it('shows inside our atomic list without a new resourceVersion, hence without a watch event', async () => {
    const here = place()
    await define(here, { size: 1 })
    const declared = thing('listed', { list: [{ key: 'a' }] })
    const first = await here.applied(THINGS, declared)
    await define(here, { size: 1, protocol: 'TCP' })
    const live = await here.get(THINGS, 'listed')
    expect(live.metadata.resourceVersion).toBe(first.metadata.resourceVersion)
    expect(at(live, 'spec.list')).toEqual([{ key: 'a', port: 80, protocol: 'TCP' }])
    const preview = (await here.apply(THINGS, declared, { dryRun: true })).object
    expect(preview['spec']).toEqual(live['spec'])
    // The next apply writes the default down: same content, new resourceVersion.
    const again = await here.applied(THINGS, declared)
    expect(again.metadata.resourceVersion).not.toBe(first.metadata.resourceVersion)
  })
})
