import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { commitFiles } from '../support/git-repository.js'
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
  repository = await stage.repository('paused', { 'app/config.yaml': configMap('config', { a: '0' }) })
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

async function live(): Promise<string | undefined> {
  const path = `/api/v1/namespaces/${namespace}/configmaps/config`
  const { object } = await stage.cluster.client().request({ path })
  return (object as { readonly data?: Readonly<Record<string, string>> }).data?.['a']
}

async function commit(value: string): Promise<string> {
  const made = await commitFiles(repository, { 'app/config.yaml': configMap('config', { a: value }) })
  await stage.announce(repository)
  return made
}

async function messages(): Promise<string> {
  const { conditions, operation } = await stage.application('app')
  return [...conditions.map(({ message }) => message), operation?.message ?? ''].join('\n')
}

describe('a cluster that must not be written to', () => {
  it.each([
    ['itself', { cluster: 'prod' }, '1'],
    ['all of them', {}, '2'],
  ])('the kill switch of %s: nothing is written until it is turned back', async (_name, which, value) => {
    await stage.api.change('pauseWrites', { ...which, paused: true })
    await sleep(1_000)
    const before = await live()
    const made = await commit(value)
    await stage.until('app', ({ sync }) => sync !== 'SYNCED')
    await expect.poll(messages, { timeout: 20_000 }).toMatch(/paused by an operator/)
    expect(await live()).toBe(before)
    await stage.api.change('pauseWrites', { ...which, paused: false })
    await stage.until('app', (application) => isSynced(application, made), 90_000)
    expect(await live()).toBe(value)
  })

  it('is another one now behind the same address', async () => {
    const before = await live()
    const body = JSON.stringify({
      ...{ kind: 'Namespace', apiVersion: 'v1' },
      metadata: { name: 'kube-system', uid: '00000000-0000-0000-0000-000000000000' },
    })
    const back = proxy.tell({ path: /namespaces\/kube-system/, answer: { status: 200, body } })
    proxy.cut()
    await expect.poll(messages, { timeout: 20_000 }).toMatch(/another cluster/)
    const made = await commit('3')
    await sleep(3_000)
    expect(await live()).toBe(before)
    back()
    await stage.until('app', (application) => isSynced(application, made), 90_000)
    expect(await live()).toBe('3')
  })
})
