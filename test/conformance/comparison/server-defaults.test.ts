import { describe, expect, it } from 'vitest'
import { compareObject } from '../../../src/engine/diff/compare.js'
import { FIELD_MANAGER, ownFieldSet, type FieldSet } from '../../../src/engine/diff/field-set.js'
import { repairListKeys } from '../../../src/engine/diff/find-port-collision.js'
import { judgeLive } from '../../../src/engine/diff/judge-live.js'
import { projectedText } from '../../../src/engine/diff/project-on.js'
import { takeOverFields } from '../../../src/engine/diff/take-over.js'
import type { Manifest } from '../../../src/engine/manifest/manifest.js'
import { kubectl } from '../../support/kubectl.js'
import type { Declared } from '../applied-form/place.js'
import { at, usePlace } from '../applied-form/place.js'
import { DECLARATIONS } from './declarations.js'

const place = usePlace()
const hash = (text: string): string => text

/** The object in JSON, as the renderer hands it in, under a name of its own. */
function named(manifest: Manifest, name: string): Manifest & Declared {
  return { ...manifest, metadata: { ...manifest.metadata, name } }
}

async function applied(resource: string, manifest: Manifest & Declared): Promise<Manifest> {
  return (await place().applied(resource, manifest)) as Manifest
}

function setOf(live: Manifest): FieldSet {
  const set = ownFieldSet(live, FIELD_MANAGER)
  if (set === undefined) throw new Error('we own nothing of it')
  return set
}

describe('compareObject()', () => {
  it.each(DECLARATIONS)(
    'finds nothing after a server-side apply of $resource',
    async ({ resource, manifest }) => {
      const desired = named(manifest, 'applied')
      expect(compareObject(desired, await applied(resource, desired))).toEqual([])
    },
  )

  it.each(DECLARATIONS)(
    'finds nothing after a client-side apply of $resource',
    async ({ resource, manifest }) => {
      const here = place()
      const desired = named(manifest, 'adopted')
      const input = JSON.stringify(desired)
      await kubectl(here.cluster, ['-n', here.namespace, 'apply', '--validate=false', '-f', '-'], { input })
      expect(compareObject(desired, (await here.get(resource, 'adopted')) as Manifest)).toEqual([])
    },
  )
})

describe('judgeLive()', () => {
  it.each(DECLARATIONS)('is sure of $resource without its hash', async ({ resource, manifest }) => {
    const desired = named(manifest, 'judged')
    const live = await applied(resource, desired)
    const fieldSet = setOf(live)
    expect(judgeLive({ fieldSet, appliedHash: projectedText(fieldSet, live), desired, live, hash })).toBe(
      'inSync',
    )
    expect(judgeLive({ fieldSet, appliedHash: '', desired, live, hash })).not.toMatchObject({
      kind: 'suspect',
    })
  })

  it('keeps its hash when others write beside us', async () => {
    const here = place()
    const { resource, manifest } = { ...DECLARATIONS[0] } as (typeof DECLARATIONS)[number]
    const metadata = { ...manifest.metadata, annotations: { ours: '1' } }
    const desired = named({ ...manifest, metadata }, 'beside')
    const live = await applied(resource, desired)
    const fieldSet = setOf(live)
    const edited = await here.edit(resource, 'beside', {
      metadata: { annotations: { theirs: 'x' } },
      spec: { revisionHistoryLimit: 3 },
    })
    const appliedHash = projectedText(fieldSet, live)
    expect(judgeLive({ fieldSet, appliedHash, desired, live: edited as Manifest, hash })).toBe('inSync')
  })
})

describe('repairListKeys()', () => {
  it.each([
    ['the only port', [{ name: 'a', port: 80 }], [{ name: 'a', port: 81 }]],
    ['the only port, nameless', [{ port: 80 }], [{ port: 81 }]],
    [
      'one of two',
      [
        { name: 'a', port: 80 },
        { name: 'b', port: 90 },
      ],
      [
        { name: 'a', port: 81 },
        { name: 'b', port: 90 },
      ],
    ],
  ])('lets an apply heal %s', async (what, declared, edited) => {
    const here = place()
    const name = what.replaceAll(/[^a-z]+/g, '-')
    const desired = { apiVersion: 'v1', kind: 'Service', metadata: { name }, spec: { ports: declared } }
    const fieldSet = setOf(await applied('v1/services', desired))
    const live = (await here.edit('v1/services', name, { spec: { ports: edited } })) as Manifest
    const operations = repairListKeys(desired, live, fieldSet)
    const patched = await here.patch('v1/services', name, operations)
    expect(patched.status).toBe(200)
    const taking = takeOverFields(patched.object as Manifest)
    if (taking.length > 0) expect((await here.patch('v1/services', name, taking)).status).toBe(200)
    const healed = await applied('v1/services', desired)
    expect(at(healed, 'spec.ports')).toMatchObject(declared)
    expect(at(healed, `spec.ports.${declared.length}`)).toBeUndefined()
    const moved = declared.map((port) => ({ ...port, port: port.port + 2 }))
    const next = await applied('v1/services', { ...desired, spec: { ports: moved } })
    expect(at(next, 'spec.ports')).toMatchObject(moved)
  })
})
