import { afterAll, beforeAll, describe, it } from 'vitest'
import { freshNamespace } from '../support/throw-away-cluster.js'
import { Stage, automatedSpec, eventually } from './stage.js'

let stage: Stage
let namespace: string

beforeAll(async () => {
  stage = await Stage.open()
  await stage.product.completeSetup('a first password of twelve')
  namespace = await freshNamespace(stage.cluster)
  const manifest = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'keys' },
    stringData: { plain: 'declared' },
    data: { coded: Buffer.from('declared').toString('base64') },
  }
  const { url } = await stage.repository('secrets', { 'app/keys.yaml': JSON.stringify(manifest) })
  await stage.connectCluster('prod')
  const parts = { repository: url, path: 'app', cluster: 'prod', namespace }
  await stage.api.change('createApplication', { name: 'secrets', spec: automatedSpec(parts) })
  await stage.synced('secrets')
})
afterAll(() => stage?.close())

const DECLARED = { plain: 'ZGVjbGFyZWQ=', coded: 'ZGVjbGFyZWQ=' }

async function edit(body: unknown): Promise<void> {
  const path = `/api/v1/namespaces/${namespace}/secrets/keys`
  const contentType = 'application/merge-patch+json'
  await stage.cluster.client().expect({ method: 'PATCH', path, body, contentType })
}

async function isHealed(): Promise<boolean> {
  const path = `/api/v1/namespaces/${namespace}/secrets/keys`
  const { data } = await stage.cluster.client().expect({ path })
  return Object.entries(DECLARED).every(([key, value]) => (data as Record<string, string>)[key] === value)
}

describe('a Secret that is edited by hand is healed', () => {
  it('where data declares it', async () => {
    await edit({ data: { coded: 'ZWRpdGVk' } })
    await eventually(isHealed, 'data is as declared')
  })

  it('where stringData declares it', async () => {
    await edit({ stringData: { plain: 'edited' } })
    await eventually(isHealed, 'stringData is as declared')
  })
})
