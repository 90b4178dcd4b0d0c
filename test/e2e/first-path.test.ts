import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { commitFiles, removeFiles } from '../support/git-repository.js'
import { ROOT } from '../support/running-product.js'
import { freshNamespace } from '../support/throw-away-cluster.js'
import { type StageRepository, Stage, automatedSpec, configMap, eventually } from './stage.js'

const PASSWORD = 'a first password of twelve'
const WEB_PORTS = JSON.stringify({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web' },
  spec: { selector: { app: 'web' }, ports: [{ name: 'http', port: 80, targetPort: 8080 }] },
})

let stage: Stage
let repository: StageRepository
let namespace: string
let config: string

beforeAll(async () => {
  stage = await Stage.open()
  namespace = await freshNamespace(stage.cluster)
  config = join(stage.product.folder, 'cli.yaml')
})
afterAll(() => stage?.close())

interface CliResult {
  readonly code: number
  readonly out: string
  readonly err: string
}

function cli(args: readonly string[], input = ''): Promise<CliResult> {
  return new Promise((resolve) => {
    const line = [join(ROOT, 'tools/lockstep.mjs'), '--config', config, ...args]
    const child = execFile(process.execPath, line, (error, out, err) =>
      resolve({ code: error === null ? 0 : Number(error.code), out, err }),
    )
    child.stdin?.end(input)
  })
}

/** Does what a refusal suggests. */
async function follow(refusal: string, verb: string): Promise<void> {
  const [, command = ''] = new RegExp(`lockstep (proj ${verb} [^\\n]+)`).exec(refusal) ?? []
  expect(await cli(command.trim().split(' '))).toMatchObject({ code: 0 })
}

async function live(kind: string, name: string) {
  return stage.cluster.client().request({ path: `/api/v1/namespaces/${namespace}/${kind}/${name}` })
}

async function patch(kind: string, name: string, body: unknown): Promise<void> {
  const path = `/api/v1/namespaces/${namespace}/${kind}/${name}`
  const contentType = 'application/strategic-merge-patch+json'
  await stage.cluster.client().expect({ method: 'PATCH', path, body, contentType })
}

describe('the first path', () => {
  it('sets the password through the one-time link, by the CLI, exactly once', async () => {
    const login = ['login', stage.product.link, '--password-stdin']
    expect(await cli(login, PASSWORD)).toMatchObject({ code: 0 })
    expect(await cli(login, PASSWORD)).toMatchObject({ code: 20 })
    const input = { username: 'admin', password: PASSWORD, bearer: true }
    stage.api.useToken(String((await stage.api.change('login', input, 'token'))['token']))
  })

  it('brings an application from Git into the cluster', async () => {
    repository = await stage.repository('shop', {
      'app/settings.yaml': configMap('settings', { colour: 'blue' }),
      'app/extra.yaml': configMap('extra', { a: '1' }),
      'app/web.yaml': WEB_PORTS,
    })
    await stage.connectCluster('prod')
    const spec = { sourceRepos: [repository.url], destinations: [{ name: 'prod', namespace }] }
    await stage.api.change('createProject', { name: 'shop', spec })
    const parts = { repository: repository.url, path: 'app', cluster: 'prod', namespace, project: 'shop' }
    await stage.api.change('createApplication', { name: 'shop', spec: automatedSpec(parts) })
    const { resources, operation } = await stage.synced('shop')
    expect(resources).toHaveLength(3)
    expect(operation).toMatchObject({ kind: 'SYNC', phase: 'SUCCEEDED' })
    expect((await live('configmaps', 'settings')).object['data']).toEqual({ colour: 'blue' })
  })

  it('heals what was edited by hand', async () => {
    await patch('configmaps', 'settings', { data: { colour: 'red' } })
    await patch('services', 'web', { spec: { ports: [{ port: 80, targetPort: 9999 }] } })
    await eventually(async () => {
      const [settings, web] = [await live('configmaps', 'settings'), await live('services', 'web')]
      return JSON.stringify([settings.object['data'], web.object['spec']]).match(/red|9999/) === null
    }, 'both edits are undone')
    expect((await live('configmaps', 'settings')).object['data']).toEqual({ colour: 'blue' })
    await stage.synced('shop')
  })

  it('believes a webhook only when it is signed', async () => {
    expect(await stage.announce(repository, '')).toBe(401)
    expect(await stage.announce(repository, 'another secret')).toBe(401)
    expect(await stage.announce(repository)).toBe(202)
  })

  it('prunes what was removed in Git', async () => {
    const commit = await removeFiles(repository, ['app/extra.yaml'])
    await stage.announce(repository)
    await stage.synced('shop', commit)
    expect((await live('configmaps', 'extra')).status).toBe(404)
    expect((await live('configmaps', 'settings')).status).toBe(200)
  })
})

describe('the default project of a fresh installation', () => {
  it('permits nothing, says how to open it, and permits what was opened', async () => {
    const spec = (await cli(['proj', 'get', 'default', '-o', 'json'])).out
    expect(JSON.parse(spec)).toMatchObject({
      spec: { description: expect.stringMatching(/permits nothing/i) },
    })
    const create = ['app', 'create', 'late', '--repo', repository.url, '--path', 'app']
    const there = ['--dest-name', 'prod', '--dest-namespace', namespace]
    const bySource = await cli([...create, ...there])
    expect(bySource).toMatchObject({ code: 20, out: '' })
    await follow(bySource.err, 'add-source')
    const byDestination = await cli([...create, ...there])
    expect(byDestination).toMatchObject({ code: 20, out: '' })
    await follow(byDestination.err, 'add-destination')
    expect(await cli([...create, ...there])).toMatchObject({ code: 0 })
    expect(await cli(['app', 'delete', 'late', '-y'])).toMatchObject({ code: 0 })
  })
})

describe('the same by the CLI', () => {
  it('lists, shows, compares, syncs, waits and tells the history', async () => {
    expect((await cli(['app', 'list', '-o', 'name'])).out).toContain('shop')
    const shown = await cli(['app', 'get', 'shop', '-o', 'json'])
    expect(shown).toMatchObject({ code: 0, err: '' })
    expect(shown.out).toContain(repository.url)
    expect(await cli(['app', 'diff', 'shop'])).toEqual({ code: 0, out: '', err: '' })
    expect(await cli(['app', 'sync', 'shop', '--timeout', '60'])).toMatchObject({ code: 0 })
    expect(await cli(['app', 'wait', 'shop', '--timeout', '60'])).toMatchObject({ code: 0 })
    expect((await cli(['app', 'history', 'shop'])).out).toMatch(/[0-9a-f]{7}/)
  })

  it('answers with the codes that scripts know', async () => {
    expect(await cli(['app', 'get', 'nothing'])).toMatchObject({ code: 20 })
    expect(await cli(['app', 'diff', 'nothing'])).toMatchObject({ code: 2 })
    const spec = automatedSpec({
      repository: repository.url,
      path: 'app',
      cluster: 'prod',
      namespace,
      project: 'shop',
    })
    await stage.api.change('updateApplication', { name: 'shop', spec: { ...spec, syncPolicy: {} } })
    const commit = await commitFiles(repository, {
      'app/settings.yaml': configMap('settings', { colour: 'green' }),
    })
    await stage.announce(repository)
    await stage.until('shop', ({ sync, revisions }) => sync === 'OUT_OF_SYNC' && revisions[0] === commit)
    const diff = await cli(['app', 'diff', 'shop'])
    expect(diff.code).toBe(1)
    expect(diff.out).toContain('green')
    expect(await cli(['app', 'wait', 'shop', '--sync', '--timeout', '1'])).toMatchObject({ code: 20 })
    expect(await cli(['app', 'sync', 'shop', '--timeout', '60'])).toMatchObject({ code: 0 })
    expect(await cli(['app', 'diff', 'shop'])).toMatchObject({ code: 0 })
  })

  it('deletes the application with its objects', async () => {
    expect(await cli(['app', 'delete', 'shop', '--yes', '--wait'])).toMatchObject({ code: 0 })
    expect((await live('configmaps', 'settings')).status).toBe(404)
    expect((await live('services', 'web')).status).toBe(404)
    expect(await cli(['app', 'get', 'shop'])).toMatchObject({ code: 20 })
    expect((await cli(['app', 'list', '-o', 'name'])).out).not.toContain('shop')
  })
})
