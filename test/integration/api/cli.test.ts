import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CliIo } from '../../../src/cli/cli-io.js'
import { runCli } from '../../../src/cli/main.js'
import { SealEvents } from '../../../src/audit/seal-events.js'
import { auditHash, openFixture, type Fixture } from './gateway-fixture.js'

let gateway: Fixture
let folder: string

beforeAll(async () => {
  gateway = await openFixture()
  folder = await mkdtemp(join(tmpdir(), 'lockstep-cli-'))
})
afterAll(async () => {
  await gateway.close()
  await rm(folder, { recursive: true })
})

async function run(command: string, stdin = '') {
  const said = { out: '', err: '' }
  const io: CliIo = {
    out: (text) => void (said.out += text),
    err: (text) => void (said.err += text),
    env: {},
    interactive: false,
    stdin: async () => stdin,
    ask: async () => '',
    sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
    monotonic: () => performance.now(),
  }
  const code = await runCli(['--config', join(folder, 'config'), ...command.split(' ')], io)
  return { code, ...said }
}

describe('lockstep', () => {
  it('login LINK sets the password and keeps the session readable by its owner only', async () => {
    const link = gateway.link.replace('http://lockstep.test', gateway.url)
    const login = await run(`login ${link} --password-stdin`, 'correct horse battery\n')
    expect(login).toMatchObject({ code: 0, out: '' })
    expect((await stat(join(folder, 'config'))).mode & 0o777).toBe(0o600)
    expect((await run('account get-user-info')).out).toContain('Username: admin')
  })

  it('app create, list, diff and delete behave as scripts for argocd expect', async () => {
    await gateway.stores.clusters.create(
      {
        id: 'c1',
        name: 'one',
        server: 'https://10.0.0.1:6443',
        connection: { status: 'Successful', message: '' },
        createdAt: '2026-01-01T00:00:00Z',
      },
      new Uint8Array([1]),
      { audit: { actor: 'test', action: 'seed', object: 'test' }, doorbells: [] },
    )
    expect((await run('proj create team -d *,* -s *')).code).toBe(0)
    const create =
      'app create shop --repo https://git.test/x --path . --dest-name one --dest-namespace shop --project team --sync-policy automated --auto-prune=true'
    expect(await run(create)).toMatchObject({ code: 0, out: "application 'shop' created\n" })
    const list = (await run('app list')).out.split('\n')
    expect(list[0]).toMatch(/^NAME +CLUSTER +NAMESPACE +PROJECT +STATUS +HEALTH +SYNCPOLICY +CONDITIONS$/)
    expect(list[1]).toMatch(/^argocd\/shop +one +shop +team +Unknown +Unknown +Auto-Prune +<none>$/)
    const [first] = JSON.parse((await run('app list -o json')).out)
    expect(first.status.sync.status).toBe('Unknown')
    expect((await run('app diff shop')).code).toBe(1)
    expect((await run('app diff shop --exit-code=false')).code).toBe(0)
    expect((await run('app diff absent')).code).toBe(2)
    expect((await run('app get absent')).code).toBe(20)
    const idle = await run('app terminate-op shop')
    expect(idle).toMatchObject({ code: 20, out: '' })
    expect(idle.err).toContain('no operation is in progress')
    expect((await run('app sync shop --async')).code).toBe(0)
    expect(await run('app terminate-op shop')).toMatchObject({
      code: 0,
      out: "Application 'shop' operation terminating\n",
    })
    expect((await run('app delete shop')).code).toBe(20)
    expect((await run('app wait shop --timeout 1')).code).toBe(20)
  })

  it('[1.9 Credential template] [1.16 repo / repocreds] repocreds add, list and rm; repositories below it inherit', async () => {
    const add = 'repocreds add https://git.test/org --username robot --password-stdin'
    expect(await run(add, 'canary-git-password\n')).toMatchObject({ code: 0, out: '' })
    expect(await run(add, 'x\n')).toMatchObject({
      code: 20,
      err: expect.stringContaining('--upsert') as unknown,
    })
    expect((await run(`${add} --upsert`, 'y\n')).code).toBe(0)
    const list = await run('repocreds list')
    expect(list.out).toMatch(/^URL PATTERN +USERNAME +SSH_CREDS +TLS_CREDS\nhttps:\/\/git.test\/org +robot +/)
    expect((await run('repo add https://git.test/org/x')).code).toBe(0)
    expect((await run('repo add https://git.test/other')).code).toBe(0)
    const credentials = async (url: string) => {
      const { out } = await run(`repo get ${url} -o jsonpath={.inheritsCredential}`)
      return out.trim()
    }
    expect(await credentials('https://GIT.test/org/x.git')).toBe('true')
    expect(await credentials('https://git.test/other')).toBe('false')
    expect((await run('repo list')).out).toMatch(
      /git.test\/org\/x +false +false +false +inherited +Successful/,
    )
    expect((await run('repo add https://git.test/org/x --password p')).err).toContain('--upsert')
    expect((await run('repo add https://git.test/org/x --password p --upsert')).code).toBe(0)
    expect((await run('repo get https://git.test/org/x')).out).toMatch(/Credential: +true/)
    expect((await run('repocreds rm https://git.test/org')).code).toBe(20)
    expect((await run('repocreds rm https://git.test/org --yes')).code).toBe(0)
    expect((await run('repocreds list -o name')).out).toBe('')
    expect((await run('repo get https://git.test/absent')).err).toContain('is not connected')
  })

  it('[1.8 Cluster status] a failed connection says where, and what to do', async () => {
    const { clusters, repositories } = gateway.stores
    expect((await run('repo add https://git.test/dead')).code).toBe(0)
    const found = await repositories.byUrl('https://git.test/dead')
    const failed = { status: 'Failed', message: 'no trusted connection', stage: 'TLS' } as const
    await repositories.saveConnection(found?.id ?? '', failed)
    const get = await run('repo get https://git.test/dead')
    expect(get.out).toMatch(
      /Status: +Failed\nMessage: +no trusted connection\nFailed at: +TLS\nWhat to do: +Check/,
    )
    expect((await run('repo list -o wide')).out).toMatch(/STAGE +WHAT TO DO\n(.*\n)*.*dead.* TLS +Check/)
    await clusters.saveConnection('c1', { ...failed, stage: 'AUTHENTICATION' })
    expect((await run('cluster get one')).out).toMatch(
      /Failed at: +AUTHENTICATION\nWhat to do: +Give it a credential/,
    )
    expect((await run('cluster list -o wide')).out).toMatch(/one .*AUTHENTICATION +Give it/)
    await clusters.saveConnection('c1', { status: 'Successful', message: '' })
    expect((await run('cluster get one')).out).not.toContain('Failed at')
  })

  it('[1.16 cluster] rotate-auth says whose token is new and what became of the former one', async () => {
    const said = await run('cluster rotate-auth one')
    expect(said).toMatchObject({ code: 0, out: '' })
    expect(said.err).toBe(
      "Cluster 'one' has a new token of ServiceAccount 'kube-system/lockstep'. The former token is valid no more.\n",
    )
    expect(await gateway.stores.clusters.credential('c1')).toEqual(new Uint8Array([2]))
    expect((await run('cluster rotate-auth absent')).code).toBe(20)
  })

  it('audit list, verify and export show what was done, and say when it was changed', async () => {
    const { auditChain: chain, audit } = gateway.stores
    await new SealEvents({ chain, hash: auditHash }).run()
    const list = await run('audit list --action create-project --since 1h')
    expect(list).toMatchObject({ code: 0, err: '' })
    expect(list.out).toMatch(
      /^TIME +ACTOR +ACTION +OBJECT +PROJECT +OUTCOME\n\S+ +admin +create-project +project\/team/,
    )
    const anchor = join(folder, 'anchor.json')
    expect(await run(`audit verify --save-anchor ${anchor}`)).toMatchObject({ code: 0, out: '' })
    expect((await run(`audit verify --anchor ${anchor}`)).code).toBe(0)
    const file = join(folder, 'audit.csv')
    expect((await run(`audit export --format csv --actor admin --file ${file}`)).code).toBe(0)
    expect(await readFile(file, 'utf8')).toMatch(/^id,at,actor.*\r\n\d+,\S+,admin,/)
    expect(JSON.parse((await run('audit export --action create-project')).out.trimEnd())).toMatchObject({
      object: 'project/team',
    })
    const [event] = (await audit.list(1_000)).filter(({ action }) => action === 'create-project')
    Object.assign(event ?? {}, { actor: 'somebody else' })
    const verify = await run('audit verify')
    expect(verify).toMatchObject({ code: 1, err: expect.stringContaining('NOT') })
    expect(verify.out).toContain(`Event ${event?.id} at position`)
    expect((await run('audit list --outcome maybe')).code).not.toBe(0)
  })
})
