import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { removeFiles } from '../support/git-repository.js'
import { type LyingProxy, startLyingProxy } from '../support/lying-proxy.js'
import { freshNamespace } from '../support/throw-away-cluster.js'
import { type StageRepository, Stage, automatedSpec, configMap, isSynced } from './stage.js'

let stage: Stage
let proxy: LyingProxy
let repository: StageRepository
let namespace: string

beforeAll(async () => {
  stage = await Stage.open()
  await stage.product.completeSetup('a first password of twelve')
  proxy = await startLyingProxy(stage.cluster)
  namespace = await freshNamespace(stage.cluster)
  repository = await stage.repository('outage', {
    'app/kept.yaml': configMap('kept', { a: '1' }),
    'app/third.yaml': configMap('third', { a: '1' }),
    'app/gone.yaml': configMap('gone', { a: '1' }),
  })
  const kubeconfig = stage.cluster.kubeconfig('sut').replace(stage.cluster.server, proxy.server)
  await stage.api.change('addCluster', { name: 'prod', kubeconfig })
  const parts = { repository: repository.url, path: 'app', cluster: 'prod', namespace }
  await stage.api.change('createApplication', { name: 'app', spec: automatedSpec(parts) })
  await stage.synced('app')
})
afterAll(async () => {
  await proxy?.close()
  await stage?.close()
})

async function exists(name: string): Promise<boolean> {
  const path = `/api/v1/namespaces/${namespace}/configmaps/${name}`
  return (await stage.cluster.client().request({ path })).status === 200
}

describe('an API server that goes away', () => {
  it('prunes nothing meanwhile, says why, and converges when it is back', async () => {
    const back = proxy.tell({ path: /./, silence: 'reset' })
    proxy.cut()
    const commit = await removeFiles(repository, ['app/gone.yaml'])
    await stage.announce(repository)
    const { conditions } = await stage.until('app', (application) => application.conditions.length > 0)
    expect(conditions.map(({ message }) => message).join('\n')).toMatch(/cluster/)
    expect(await exists('gone')).toBe(true)
    back()
    await stage.until('app', (application) => isSynced(application, commit), 90_000)
    expect([await exists('gone'), await exists('kept')]).toEqual([false, true])
  })

  it('believes no refusal to be an absence', async () => {
    const forbidden = JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', code: 403 })
    const back = proxy.tell({ path: /configmaps/, answer: { status: 403, body: forbidden } })
    proxy.cut()
    const commit = await removeFiles(repository, ['app/third.yaml'])
    await stage.announce(repository)
    await sleep(3000)
    expect([await exists('third'), await exists('kept')]).toEqual([true, true])
    expect((await stage.application('app')).sync).toBe('UNKNOWN')
    back()
    await stage.until('app', (application) => isSynced(application, commit), 90_000)
    expect([await exists('third'), await exists('kept')]).toEqual([false, true])
  })
})
