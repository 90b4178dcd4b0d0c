import { describe, expect, it } from 'vitest'
import { kubectl } from '../../support/kubectl.js'
import { configMap, deployment, exposing } from './declared.js'
import { leavesOf, managedFields, OURS, ourLeaves } from './field-set.js'
import { at, ifUnchanged, type Place, usePlace } from './place.js'

const SERVICES = 'v1/services'
const DEPLOYMENTS = 'apps/v1/deployments'
const place = usePlace()

/** Declares the port 80, lets somebody turn it into 81, returns what is live then. */
async function editedPort(here: Place, name: string) {
  await here.applied(SERVICES, exposing(name, [{ name: 'http', port: 80 }]))
  return here.edit(SERVICES, name, { spec: { ports: [{ name: 'http', port: 81, protocol: 'TCP' }] } })
}

describe('an edited key of a list map (the port of a Service)', () => {
  it('takes the whole item out of our field set', async () => {
    const live = await editedPort(place(), 'lost')
    expect(ourLeaves(live)).toEqual(['f:spec/f:selector'])
  })

  it('cannot be healed by apply: the declared item collides with the edited one', async () => {
    const here = place()
    await editedPort(here, 'collides')
    const answer = await here.apply(SERVICES, exposing('collides', [{ name: 'http', port: 80 }]))
    expect(answer.status).toBe(422)
    expect(answer.object['message']).toContain('Duplicate value: "http"')
  })

  it('cannot be healed by removing the only item, unlike section 5 says', async () => {
    const here = place()
    const live = await editedPort(here, 'only')
    const answer = await here.patch(SERVICES, 'only', [
      ifUnchanged(live),
      { op: 'remove', path: '/spec/ports/0' },
    ])
    expect(answer.status).toBe(422)
    expect(answer.object['message']).toContain('spec.ports: Required value')
  })

  it('is healed by replacing the key, but then our Update entry owns it too and blocks the next change', async () => {
    const here = place()
    const live = await editedPort(here, 'blocked')
    const key = { op: 'replace', path: '/spec/ports/0/port', value: 80 }
    expect((await here.patch(SERVICES, 'blocked', [ifUnchanged(live), key])).status).toBe(200)
    const healed = await here.applied(SERVICES, exposing('blocked', [{ name: 'http', port: 80 }]))
    expect(leavesOf(healed, OURS, 'Update')).toContain('f:spec/f:ports/k:{"port":80,"protocol":"TCP"}/f:port')
    const next = await here.apply(SERVICES, exposing('blocked', [{ name: 'http', port: 82 }]))
    expect(next.status).toBe(422)
  })

  it('is healed for good by replacing the key, dropping our Update entry and applying', async () => {
    const here = place()
    const live = await editedPort(here, 'healed')
    const key = { op: 'replace', path: '/spec/ports/0/port', value: 80 }
    const patched = (await here.patch(SERVICES, 'healed', [ifUnchanged(live), key])).object
    const value = managedFields(patched).filter((entry) => entry.operation === 'Apply')
    const clean = [ifUnchanged(patched), { op: 'replace', path: '/metadata/managedFields', value }]
    expect((await here.patch(SERVICES, 'healed', clean)).status).toBe(200)
    await here.applied(SERVICES, exposing('healed', [{ name: 'http', port: 80 }]))
    const next = await here.applied(SERVICES, exposing('healed', [{ name: 'http', port: 82 }]))
    expect(at(next, 'spec.ports')).toEqual([{ name: 'http', port: 82, protocol: 'TCP', targetPort: 82 }])
  })

  it('changes without trouble when the change comes from Git', async () => {
    const here = place()
    await here.applied(SERVICES, exposing('moved', [{ name: 'http', port: 80 }]))
    const moved = await here.applied(SERVICES, exposing('moved', [{ name: 'http', port: 82 }]))
    expect(at(moved, 'spec.ports.0.port')).toBe(82)
    expect(at(moved, 'spec.ports.1')).toBeUndefined()
  })
})

describe('a resourceVersion in a JSON patch', () => {
  it('answers 409 when it is replaced and stale, but 422 when it is tested', async () => {
    const here = place()
    const live = await here.applied('v1/configmaps', configMap('guarded', { a: '1' }))
    await here.edit('v1/configmaps', 'guarded', { data: { b: '2' } })
    const change = { op: 'add', path: '/data/c', value: '3' }
    expect((await here.patch('v1/configmaps', 'guarded', [ifUnchanged(live), change])).status).toBe(409)
    expect(
      (await here.patch('v1/configmaps', 'guarded', [{ ...ifUnchanged(live), op: 'test' }, change])).status,
    ).toBe(422)
  })
})

describe('what server-side apply refuses and client-side apply takes', () => {
  it.each([
    [
      'env names',
      {
        env: [
          { name: 'A', value: '1' },
          { name: 'A', value: '2' },
        ],
      },
    ],
    [
      'ports',
      {
        ports: [
          { containerPort: 80, name: 'a' },
          { containerPort: 80, name: 'b' },
        ],
      },
    ],
  ])('duplicate %s: an answer of 500, although the object is at fault', async (what, container) => {
    const here = place()
    const object = deployment(`duplicate-${what.replace(' ', '-')}`, { spec: { replicas: 0 }, container })
    const answer = await here.apply(DEPLOYMENTS, object)
    expect(answer.status).toBe(500)
    expect(answer.object['message']).toMatch(
      /^failed to create typed patch object .*: duplicate entries for key/,
    )
    const said = await kubectl(here.cluster, ['-n', here.namespace, 'apply', '-f', '-'], {
      input: JSON.stringify(object),
    })
    expect(said).toContain('created')
  })

  it('live duplicates are no obstacle: apply reduces them to what is declared', async () => {
    const here = place()
    const env = [
      { name: 'A', value: '1' },
      { name: 'A', value: '2' },
    ]
    const input = JSON.stringify(deployment('reduced', { spec: { replicas: 0 }, container: { env } }))
    await kubectl(here.cluster, ['-n', here.namespace, 'apply', '-f', '-'], { input })
    const declared = deployment('reduced', {
      spec: { replicas: 0 },
      container: { env: [{ name: 'A', value: '3' }] },
    })
    const live = await here.applied(DEPLOYMENTS, declared)
    expect(at(live, 'spec.template.spec.containers.0.env')).toEqual([{ name: 'A', value: '3' }])
  })

  it.each(['Strict', 'Warn', 'Ignore'] as const)(
    'unknown fields, also with fieldValidation=%s',
    async (choice) => {
      const object = { ...configMap('unknown', {}), dta: { a: '1' } }
      const answer = await place().apply('v1/configmaps', object, { fieldValidation: choice })
      expect(answer.status).toBe(500)
      expect(answer.object['message']).toContain('.dta: field not declared in schema')
      expect(answer.object['reason']).toBeUndefined()
    },
  )

  it('a value of the wrong type', async () => {
    const answer = await place().apply('v1/configmaps', configMap('wrong', { a: 1 }))
    expect(answer.status).toBe(500)
    expect(answer.object['message']).toContain('.data.a: expected string')
  })
})
