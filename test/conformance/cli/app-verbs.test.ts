import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CliIo } from '../../../src/cli/cli-io.js'
import { runCli } from '../../../src/cli/main.js'
import type { Operation } from '../../../src/engine/sync/operation.js'
import { openFixture, type Fixture } from '../../integration/api/gateway-fixture.js'

const RECORD = { audit: { actor: 'test', action: 'seed', object: 'test' }, doorbells: [] }

let gateway: Fixture
let folder: string

beforeAll(async () => {
  gateway = await openFixture()
  await gateway.signIn()
  folder = await mkdtemp(join(tmpdir(), 'lockstep-verbs-'))
  const login = await run(`login ${gateway.url} --username admin --password canary-admin-password`)
  expect(login.code).toBe(0)
})
afterAll(async () => {
  await gateway.close()
  await rm(folder, { recursive: true })
})

async function run(command: string, ...more: readonly string[]) {
  const said = { out: '', err: '' }
  const io: CliIo = {
    out: (text) => void (said.out += text),
    err: (text) => void (said.err += text),
    env: { EDITOR: 'sed -i s/deploy/edited/' },
    interactive: false,
    stdin: async () => '',
    ask: async () => '',
    sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
    monotonic: () => performance.now(),
  }
  const args = ['--config', join(folder, 'config'), ...command.split(' '), ...more]
  const code = await runCli(args, io)
  return { code, ...said }
}

async function create(name: string, more = ''): Promise<void> {
  const source = '--repo https://git.test/x --path .'
  const made = await run(`app create ${name} ${source} --dest-name one --dest-namespace shop${more}`)
  expect(made).toMatchObject({ code: 0 })
}

async function application(name: string) {
  const found = await gateway.stores.applications.byName('argocd', name)
  if (found === undefined) throw new Error(`${name} is gone`)
  return found
}

/** What a worker does, as far as a command line sees it. */
async function finish(name: string, revision: string): Promise<Operation> {
  const { id, spec } = await application(name)
  const operation = await gateway.stores.operations.active(id)
  if (operation === undefined) throw new Error('nothing runs')
  const finishedAt = new Date().toISOString()
  const ended: Operation = { ...operation, phase: 'Succeeded', revisions: [revision], finishedAt }
  const deployment = {
    id: `deployment-${revision}`,
    applicationId: id,
    revisions: [revision],
    renderKeys: [`render-${revision}`],
    sources: spec.source === undefined ? [] : [spec.source],
    operationId: operation.id,
    initiatedBy: 'admin',
    automated: false,
    deployedAt: finishedAt,
  }
  await gateway.stores.operations.finish(ended, RECORD, { deployment })
  return ended
}

describe('[1.16 app] verbs and flags of argocd', () => {
  it('app create keeps what this version cannot render yet, app set and unset change it', async () => {
    await create('chart', ' --helm-set replicas=2 --values a.yaml --release-name web')
    expect((await application('chart')).spec.source).toMatchObject({
      helm: { parameters: [{ name: 'replicas', value: '2' }], valueFiles: ['a.yaml'], releaseName: 'web' },
    })
    expect((await run('app set chart --helm-set replicas=3 --helm-set-string tag=1')).code).toBe(0)
    expect((await application('chart')).spec.source?.helm?.parameters).toEqual([
      { name: 'replicas', value: '3' },
      { name: 'tag', value: '1', forceString: true },
    ])
    expect((await run('app unset chart --parameter replicas --values a.yaml')).code).toBe(0)
    expect((await application('chart')).spec.source?.helm).toEqual({
      parameters: [{ name: 'tag', value: '1', forceString: true }],
      releaseName: 'web',
    })
    await create('images', ' --kustomize-image nginx:1 --nameprefix a-')
    await run('app set images --kustomize-image nginx:2')
    expect((await application('images')).spec.source?.kustomize).toEqual({
      images: ['nginx:2'],
      namePrefix: 'a-',
    })
    await run('app unset images --kustomize-image nginx --nameprefix')
    expect((await application('images')).spec.source?.kustomize).toBeUndefined()
  })

  it('app sync --dry-run and --preview-changes tell first what would happen [1.4 Dry run]', async () => {
    await create('previewed')
    const tried = await run('app sync previewed --prune --dry-run --async')
    expect(tried).toMatchObject({ code: 0, err: '' })
    expect(tried.out).toMatch(/^PREVIEW +GROUP +KIND +NAMESPACE +NAME +REASON\nprune +Namespace +old\n/)
    expect(tried.out).toContain('DANGER: Namespace "old" is deleted, with everything in it.')
    await finish('previewed', 'c1')
    const other = await run('app sync previewed --dry-run --async -o json')
    expect(other.out).toBe('')
    expect(other.err).toContain('keep')
    await finish('previewed', 'c2')
    const unasked = await run('app sync previewed --prune --preview-changes')
    expect(unasked.code).not.toBe(0)
    expect(unasked.out).toContain('prune')
    const { id } = await application('previewed')
    expect(await gateway.stores.operations.active(id)).toBeUndefined()
  })

  it('app confirm-deletion says what it agrees to, and nothing when nothing waits [1.4 Confirm gate]', async () => {
    await create('held')
    const idle = await run('app confirm-deletion held')
    expect(idle.code).toBe(20)
    expect(idle.err).toContain('no operation of application "held" waits')
    await run('app sync held --prune --async')
    const { id } = await application('held')
    const active = await gateway.stores.operations.active(id)
    if (active === undefined) throw new Error('nothing runs')
    await gateway.stores.operations.save({ ...active, message: 'waiting for a confirmation to delete x' })
    const agreed = await run('app confirm-deletion held')
    expect(agreed).toMatchObject({ code: 0, out: "application 'held' deletion confirmed\n" })
    expect(agreed.err).toContain('waiting for a confirmation to delete x')
    const approved = (await application('held')).annotations['argocd.argoproj.io/deletion-approved'] ?? ''
    expect(Date.parse(approved)).toBeGreaterThan(Date.parse(active.startedAt))
    await finish('held', 'c1')
  })

  it('app list --watch prints the list, then a line for each change, and ends with --timeout', async () => {
    await create('watched')
    const watching = run('app list --watch --timeout 5')
    const told = async (sequence: number): Promise<void> => {
      await gateway.eventBus.publish({ topic: 'application', applicationIds: [id], sequence })
      await new Promise((resolve) => setTimeout(resolve, 1_500))
    }
    const { id } = await application('watched')
    await told(1)
    await run('app set watched --sync-policy automated')
    await told(2)
    await gateway.stores.applications.remove(id, RECORD)
    await told(3)
    const { code, out } = await watching
    expect(code).toBe(0)
    const lines = out.split('\n').filter((line) => line.includes('watched'))
    expect(out).toMatch(/^NAME +CLUSTER +NAMESPACE/)
    expect(lines).toHaveLength(3)
    expect(lines[1]).toContain('Auto')
    expect(lines[2]).toBe('argocd/watched  deleted')
    expect((await run('app list --watch -o json')).err).toContain('--watch prints a table')
  })

  it('app add-source and remove-source keep the others', async () => {
    await create('multi')
    expect((await run('app add-source multi --repo https://git.test/values --ref values')).code).toBe(0)
    expect((await application('multi')).spec.sources).toEqual([
      { repoURL: 'https://git.test/x', path: '.' },
      { repoURL: 'https://git.test/values', ref: 'values' },
    ])
    expect((await run('app remove-source multi --source-position 3')).code).toBe(20)
    expect((await run('app remove-source multi --source-position 2')).code).toBe(0)
    expect((await application('multi')).spec.sources).toHaveLength(1)
    expect((await run('app remove-source multi --source-position 1')).code).toBe(20)
  })

  it('app patch takes JSON patches and merge patches, and refuses what is no application', async () => {
    await create('patched')
    const steps = '[{"op":"replace","path":"/spec/source/path","value":"deploy"}]'
    expect((await run('app patch patched --patch', steps)).code).toBe(0)
    const merge = '{"spec":{"syncPolicy":{"automated":{}}}}'
    expect((await run('app patch patched --type merge --patch', merge)).code).toBe(0)
    expect((await application('patched')).spec).toMatchObject({
      source: { path: 'deploy' },
      syncPolicy: { automated: {} },
    })
    expect((await run('app edit patched')).code).toBe(0)
    expect((await application('patched')).spec.source?.path).toBe('edited')
    const wrong = await run('app patch patched --type merge --patch', '{"spec":{"sorce":{}}}')
    expect(wrong).toMatchObject({ code: 20, out: '' })
    expect(wrong.err).toContain('Did you mean "source"?')
  })

  it('app sync -l is one request for all that fit', async () => {
    for (const name of ['web-a', 'web-b']) await create(name, ' --label tier=web')
    const asked: string[] = []
    const { fetch } = globalThis
    globalThis.fetch = (...args) => {
      asked.push(String(args[1]?.body).slice(0, 60))
      return fetch(...args)
    }
    const synced = await run('app sync -l tier=web --async').finally(() => (globalThis.fetch = fetch))
    expect(synced.code).toBe(0)
    expect(synced.err).toContain("application 'web-a' is being synced")
    expect(synced.err).toContain("application 'web-b' is being synced")
    expect(asked).toHaveLength(1)
    expect((await run('app sync -l tier=nothing --async')).code).toBe(20)
    expect((await run('app refresh -l tier=web')).code).toBe(0)
    const busy = await run('app sync -l tier=web --async')
    expect(busy.code).toBe(20)
    expect(busy.err).toContain('Another operation is running')
  })

  it('[1.7 History] [1.7 Rollback] app history and app rollback speak of the same numbers', async () => {
    await create('back')
    for (const revision of ['1111111aaaa', '2222222bbbb']) {
      expect((await run('app sync back --async')).code).toBe(0)
      await finish('back', revision)
    }
    const [header, ...lines] = (await run('app history back')).out.trim().split('\n')
    expect(header).toMatch(/^ID +DATE +REVISION$/)
    expect(lines.map((line) => line.replace(/ +\S+ +/, ' '))).toEqual(['0 1111111', '1 2222222'])
    expect((await run('app rollback back 7')).code).toBe(20)
    expect((await run('app rollback back 0 --async')).code).toBe(0)
    const ended = await finish('back', '1111111aaaa')
    expect(ended.request.rollback).toMatchObject({ number: 0, renderKeys: ['render-1111111aaaa'] })
    await run('app set back --sync-policy automated')
    const refused = await run('app rollback back 0')
    expect(refused).toMatchObject({ code: 20, out: '' })
    expect(refused.err).toContain('automated sync is on')
  })
})
