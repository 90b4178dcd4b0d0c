import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { commitFiles, removeFiles } from '../support/git-repository.js'
import { type LyingProxy, startLyingProxy } from '../support/lying-proxy.js'
import { freshNamespace } from '../support/throw-away-cluster.js'
import { type StageRepository, Stage, automatedSpec, configMap, isSynced } from './stage.js'

let stage: Stage
let far: LyingProxy
let repository: StageRepository
let namespace: string

/** The second cluster is the same API server under another address, with another uid: only the wire can die alone. */
beforeAll(async () => {
  stage = await Stage.open()
  await stage.product.completeSetup('a first password of twelve')
  far = await startLyingProxy(stage.cluster)
  far.tell({ path: /^\/api\/v1\/namespaces\/kube-system(\?|$)/, rewrite: anotherUid })
  namespace = await freshNamespace(stage.cluster)
  repository = await stage.repository('two', {
    'near/a.yaml': configMap('near', { round: '0' }),
    'far/a.yaml': configMap('far', { round: '0' }),
    'far/gone.yaml': configMap('far-gone', { round: '0' }),
  })
  await stage.connectCluster('near')
  const kubeconfig = stage.cluster.kubeconfig('sut').replace(stage.cluster.server, far.server)
  await stage.api.change('addCluster', { name: 'far', kubeconfig })
  for (const name of ['near', 'far']) {
    const parts = { repository: repository.url, path: name, cluster: name, namespace }
    await stage.api.change('createApplication', { name, spec: automatedSpec(parts) })
    await stage.synced(name)
  }
})
afterAll(async () => {
  await far?.close()
  await stage?.close()
})

function anotherUid(body: string): string {
  return body.replace(/"uid":"[0-9a-f-]{36}"/, '"uid":"00000000-0000-4000-8000-00000000fa50"')
}

async function exists(name: string): Promise<boolean> {
  const path = `/api/v1/namespaces/${namespace}/configmaps/${name}`
  return (await stage.cluster.client().request({ path })).status === 200
}

async function commitToBoth(round: string): Promise<string> {
  return commitFiles(repository, {
    'near/a.yaml': configMap('near', { round }),
    'far/a.yaml': configMap('far', { round }),
  })
}

async function conditionsOf(name: string): Promise<string> {
  const { conditions } = await stage.application(name)
  return conditions.map(({ message }) => message).join('\n')
}

describe('two clusters of which one', () => {
  it('falls silent: it says so, nothing is pruned, the other follows each commit', async () => {
    const speak = far.tell({ path: /./, silence: 'hang' })
    far.cut()
    await removeFiles(repository, ['far/gone.yaml'])
    for (const round of ['1', '2', '3']) {
      const commit = await commitToBoth(round)
      await stage.announce(repository)
      await stage.until('near', (application) => isSynced(application, commit), 10_000)
    }
    await stage.until('far', ({ conditions }) => conditions.length > 0, 60_000)
    const said = await conditionsOf('far')
    process.stderr.write(`bad-input-cluster.test.ts: ${said}\n`)
    expect(said).toMatch(/cluster "far"/)
    expect(said).not.toMatch(/\.\.(?!\.)/)
    expect((await stage.application('far')).sync).not.toBe('SYNCED')
    expect([await exists('far'), await exists('far-gone')]).toEqual([true, true])
    speak()
    far.cut()
    const commit = await commitToBoth('4')
    await stage.announce(repository)
    await stage.until('far', (application) => isSynced(application, commit), 90_000)
    expect([await exists('far'), await exists('far-gone')]).toEqual([true, false])
  })

  it('loses the right to its token: it says so, the other goes on', async () => {
    const refused = JSON.stringify({
      kind: 'Status',
      apiVersion: 'v1',
      status: 'Failure',
      message: 'Unauthorized',
      code: 401,
    })
    const believe = far.tell({ path: /./, answer: { status: 401, body: refused } })
    far.cut()
    const commit = await commitToBoth('5')
    await stage.announce(repository)
    await stage.until('near', (application) => isSynced(application, commit), 10_000)
    const { conditions, sync } = await stage.until('far', (view) => view.conditions.length > 0, 60_000)
    expect(conditions[0]?.message).toMatch(/cluster "far"/)
    expect(sync).toBe('UNKNOWN')
    expect(await exists('far')).toBe(true)
    believe()
    far.cut()
    await stage.until('far', (application) => isSynced(application, commit), 120_000)
  })

  it('was removed by force: a wait ends on it, and its objects stay', async () => {
    const refused = await stage.api.change('removeCluster', { cluster: 'far' }).catch(String)
    expect(refused).toMatch(/1 application is deployed to it \(argocd\/far\).*--force/)
    await stage.api.change('removeCluster', { cluster: 'far', force: true })
    const gone = await stage.until('far', ({ conditions }) =>
      conditions.some(({ type }) => type === 'InvalidSpecError'),
    )
    expect(gone.conditions.map(({ message }) => message).join()).toMatch(/"far" is not known.*cluster add/)
    expect(await exists('far')).toBe(true)
    const commit = await commitToBoth('6')
    await stage.announce(repository)
    await stage.synced('near', commit)
  })
})
