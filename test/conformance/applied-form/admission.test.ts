import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { KubeObject } from '../../cluster/cluster-client.js'
import { configMap } from './declared.js'
import { managedFields, ourLeaves } from './field-set.js'
import { MutatingWebhook } from './mutating-webhook.js'
import { type Patch, usePlace } from './place.js'

const CONFIG_MAPS = 'v1/configmaps'
const place = usePlace()

/** Overrides `data.a` and adds `data.extra`, like a policy that enforces one value and injects another. */
function enforce(object: KubeObject): Patch {
  const data = object['data'] as Readonly<Record<string, string>> | undefined
  if (data === undefined) return []
  const wanted = { a: 'enforced', extra: 'injected' }
  return Object.entries(wanted)
    .filter(([key, value]) => data[key] !== value)
    .map(([key, value]) => ({ op: 'add', path: `/data/${key}`, value }))
}

describe('a mutating webhook', () => {
  let webhook: MutatingWebhook

  beforeAll(async () => {
    webhook = new MutatingWebhook(place(), enforce)
    await webhook.start()
    await webhook.register()
  })

  afterAll(() => webhook.stop())

  it("overrides a declared field that stays in our field set; what it adds is in nobody's", async () => {
    const live = await place().applied(CONFIG_MAPS, configMap('overridden', { a: 'declared', b: '2' }))
    expect(live['data']).toEqual({ a: 'enforced', b: '2', extra: 'injected' })
    expect(ourLeaves(live)).toEqual(['f:data/f:a', 'f:data/f:b'])
    expect(managedFields(live)).toHaveLength(1)
  })

  it('makes no endless loop: applying again keeps the resourceVersion', async () => {
    const here = place()
    const declared = configMap('calm', { a: 'declared' })
    const first = await here.applied(CONFIG_MAPS, declared)
    const again = await here.applied(CONFIG_MAPS, declared)
    expect(again.metadata.resourceVersion).toBe(first.metadata.resourceVersion)
  })

  it('takes part in a dry run, and is told that it is one', async () => {
    const here = place()
    const declared = configMap('previewed', { a: 'declared' })
    const live = await here.applied(CONFIG_MAPS, declared)
    const preview = (await here.apply(CONFIG_MAPS, declared, { dryRun: true })).object
    expect(preview['data']).toEqual(live['data'])
    expect(webhook.seen.at(-1)).toEqual({ dryRun: true })
  })

  it('with side effects in a dry run cannot be registered at all (v1 knows only None and NoneOnDryRun)', async () => {
    const path = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations'
    const answer = await place().client.request({ method: 'POST', path, body: webhook.configuration('Some') })
    expect(answer.status).toBe(422)
    expect(answer.object['message']).toContain('supported values: "None", "NoneOnDryRun"')
  })

  it('that is down fails apply and dry run alike with 500, and nothing was written', async () => {
    const here = place()
    webhook.stop()
    for (const dryRun of [true, false]) {
      const answer = await here.apply(CONFIG_MAPS, configMap('down', { a: '1' }), { dryRun })
      expect(answer.status).toBe(500)
      expect(answer.object['message']).toContain('failed calling webhook "mutate.lockstep.test"')
    }
    expect((await here.client.request({ path: here.path(CONFIG_MAPS, 'down') })).status).toBe(404)
    await webhook.start()
  })

  it('that is gone leaves its values behind: no event tells, only a dry run does', async () => {
    const here = place()
    const declared = configMap('left', { a: 'declared' })
    const live = await here.applied(CONFIG_MAPS, declared)
    await webhook.unregister()
    expect((await here.get(CONFIG_MAPS, 'left')).metadata.resourceVersion).toBe(live.metadata.resourceVersion)
    const preview = (await here.apply(CONFIG_MAPS, declared, { dryRun: true })).object
    expect(preview['data']).toEqual({ a: 'declared', extra: 'injected' })
  })
})
