import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Files, commitFiles, removeFiles } from '../support/git-repository.js'
import { freshNamespace } from '../support/throw-away-cluster.js'
import { type ApplicationView, type StageRepository, Stage, automatedSpec, configMap } from './stage.js'

const PROJECT = 'fenced'

let stage: Stage
let repository: StageRepository
let namespace: string
let rounds = 0

beforeAll(async () => {
  stage = await Stage.open()
  await stage.product.completeSetup('a first password of twelve')
  namespace = await freshNamespace(stage.cluster)
  repository = await stage.repository('bad', { 'good/one.yaml': configMap('good', { round: '0' }) })
  await stage.connectCluster('prod')
  const spec = {
    sourceRepos: ['*'],
    destinations: [{ name: 'prod', namespace }],
    namespaceResourceBlacklist: [{ group: '', kind: 'Secret' }],
  }
  await stage.api.change('createProject', { name: PROJECT, spec })
  await declare('good')
  await stage.synced('good')
})
afterAll(() => stage?.close())

async function declare(name: string, path = name, url = repository.url): Promise<void> {
  const parts = { repository: url, path, cluster: 'prod', namespace, project: PROJECT }
  await stage.api.change('createApplication', { name, spec: automatedSpec(parts) })
}

async function exists(name: string): Promise<boolean> {
  const path = `/api/v1/namespaces/${namespace}/configmaps/${name}`
  return (await stage.cluster.client().request({ path })).status === 200
}

/** A synced application with nine objects in nine files. */
async function declareMany(name: string): Promise<void> {
  const numbers = Array.from({ length: 9 }, (_, index) => index)
  const files = numbers.map((at) => [`${name}/${at}.yaml`, configMap(`${name}-${at}`, { at: String(at) })])
  await commitFiles(repository, Object.fromEntries(files) as Files)
  await declare(name)
  await stage.announce(repository)
  await stage.synced(name)
}

/** What people read; it is a sentence, not the insides of a program. */
async function sentenceOf(name: string): Promise<string> {
  const application = await stage.until(name, (view) => complaintsOf(view).length > 0)
  return expectSentence(complaintsOf(application).join('\n'))
}

/** Conditions, and what the operation says while it tries again. */
function complaintsOf({ conditions, operation }: ApplicationView): readonly string[] {
  const failing = operation !== null && /Retrying/.test(operation.message) ? [operation.message] : []
  return [...conditions.map(({ message }) => message), ...failing]
}

function expectSentence(text: string): string {
  process.stderr.write(`bad-input.test.ts: ${text.slice(0, 600)}\n`)
  expect(text).not.toMatch(/\bat \S+ \(|node_modules|undefined|\[object Object\]|Error:/)
  expect(text.length).toBeGreaterThan(30)
  expect(text.length).toBeLessThan(1500)
  return text
}

async function refusal(change: Promise<unknown>): Promise<string> {
  const error = await change.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!(error instanceof Error)) throw new Error('It was not refused')
  return expectSentence(error.message)
}

async function expectNothingPruned(name: string): Promise<void> {
  for (let at = 0; at < 9; at++) expect(await exists(`${name}-${at}`), `${name}-${at}`).toBe(true)
}

/** Another application of the same repository, project and cluster follows its next commit. */
async function expectOthersGoOn(): Promise<void> {
  rounds++
  const commit = await commitFiles(repository, {
    'good/one.yaml': configMap('good', { round: String(rounds) }),
  })
  await stage.announce(repository)
  await stage.synced('good', commit)
}

interface BadCommit {
  readonly what: string
  readonly name: string
  readonly files: () => Files
  readonly says: readonly RegExp[]
}

const BAD_COMMITS: readonly BadCommit[] = [
  {
    what: 'broken YAML in one of many files',
    name: 'broken',
    files: () => ({ 'broken/5.yaml': 'kind: ConfigMap\nmetadata: {name: [\n' }),
    says: [/broken\/5\.yaml/, /YAML/i],
  },
  {
    what: 'a kind that the project forbids',
    name: 'kinds',
    files: () => ({ 'kinds/secret.yaml': 'apiVersion: v1\nkind: Secret\nmetadata: {name: hidden}\n' }),
    says: [/kinds\/secret\.yaml/, /Secret/, /project/i],
  },
  {
    what: 'a namespace outside of the project',
    name: 'outside',
    files: () => ({
      'outside/far.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: far, namespace: kube-system}\n',
    }),
    says: [/outside\/far\.yaml/, /kube-system/, /project/i],
  },
  {
    what: 'a kind that the cluster does not know',
    name: 'unknown',
    files: () => ({ 'unknown/w.yaml': 'apiVersion: no.such/v1\nkind: Widget\nmetadata: {name: w}\n' }),
    says: [/unknown\/w\.yaml/, /Widget/],
  },
  {
    what: 'an object of 1.5 MB',
    name: 'large',
    files: () => ({ 'large/5.yaml': configMap('large-5', { much: 'x'.repeat(1_500_000) }) }),
    says: [/large\/5\.yaml/, /ConfigMap "large-5"/, /Too long/],
  },
]

describe('a commit with', () => {
  it.each(BAD_COMMITS)('$what: one clear sentence, nothing is pruned', async ({ name, files, says }) => {
    await declareMany(name)
    // In this order: a look between the two must not find a good commit without the file.
    await commitFiles(repository, files())
    await removeFiles(repository, [`${name}/7.yaml`])
    await stage.announce(repository)
    const sentence = await sentenceOf(name)
    for (const part of says) expect(sentence).toMatch(part)
    await expectOthersGoOn()
    await expectNothingPruned(name)
  })

  it('a folder that has become empty: nothing is pruned', async () => {
    await declareMany('emptied')
    await commitFiles(repository, { 'emptied/README.md': 'Nothing here' })
    await removeFiles(
      repository,
      Array.from({ length: 9 }, (_, at) => `emptied/${at}.yaml`),
    )
    await stage.announce(repository)
    expect(await sentenceOf('emptied')).toMatch(/allowEmpty|empty/i)
    await expectOthersGoOn()
    await expectNothingPruned('emptied')
  })

  it('no folder any more: nothing is pruned', async () => {
    await declareMany('vanished')
    await removeFiles(repository, ['vanished'])
    await stage.announce(repository)
    expect(await sentenceOf('vanished')).toMatch(/vanished/)
    await expectOthersGoOn()
    await expectNothingPruned('vanished')
  })
})

describe('a declaration with', () => {
  it('D-12 an object of another application: the first one keeps it', async () => {
    await declareMany('claimed')
    await declare('claimant', 'claimed')
    const sentence = await sentenceOf('claimant')
    expect(sentence).toMatch(/claimed-0/)
    expect(sentence).toMatch(/application/i)
    expect((await stage.application('claimed')).sync).toBe('SYNCED')
    await stage.api.change('deleteApplication', { name: 'claimant' })
    await expectOthersGoOn()
    await expectNothingPruned('claimed')
  })

  it('an unknown path', async () => {
    await declare('nowhere')
    expect(await sentenceOf('nowhere')).toMatch(/nowhere/)
    await expectOthersGoOn()
  })

  it('an unknown repository', async () => {
    await declare('nobody', 'app', stage.gitUrl('missing'))
    expect(await sentenceOf('nobody')).toContain(stage.gitUrl('missing'))
    await expectOthersGoOn()
  })

  it('an unknown cluster', async () => {
    const parts = { repository: repository.url, path: 'good', cluster: 'nowhere', namespace }
    const input = { name: 'unplaced', spec: automatedSpec(parts) }
    expect(await refusal(stage.api.change('createApplication', input))).toMatch(/nowhere.*cluster add/)
  })
})

describe('what cannot be connected is refused with the reason', () => {
  function add(kubeconfig: string): Promise<string> {
    return refusal(stage.api.change('addCluster', { name: 'second', kubeconfig }))
  }

  it('a repository that does not exist', async () => {
    const url = stage.gitUrl('missing')
    const sentence = await refusal(
      stage.api.change('addRepository', { url, username: 'robot', password: stage.gitPassword }),
    )
    expect(sentence).toContain(url)
  })

  it('a repository with a wrong password', async () => {
    const { url } = await stage.createRepository('locked', { a: 'b' })
    const sentence = await refusal(
      stage.api.change('addRepository', { url, username: 'robot', password: 'wrong-password' }),
    )
    expect(sentence).toMatch(/password|credential|authent/i)
    expect(sentence).not.toContain('wrong-password')
  })

  it('a text that is no kubeconfig', async () => {
    expect(await add('just: words')).toMatch(/kubeconfig/)
    expect(await add('{broken')).toMatch(/kubeconfig/)
  })

  it('an API server that is not there', async () => {
    const kubeconfig = stage.cluster.kubeconfig('sut').replace(stage.cluster.server, 'https://127.0.0.1:9')
    expect(await add(kubeconfig)).toMatch(/127\.0\.0\.1:9.*ECONNREFUSED/)
  })

  it('a wrong token', async () => {
    const { tokens } = stage.cluster
    const kubeconfig = stage.cluster
      .kubeconfig('sut')
      .replaceAll(tokens.sut, 'wrong-token')
      .replace('//127.0.0.1', '//localhost')
    const sentence = await add(kubeconfig)
    expect(sentence).toMatch(/token|credential|401|Unauthorized/i)
    expect(sentence).not.toContain('wrong-token')
    await expectOthersGoOn()
  })
})
