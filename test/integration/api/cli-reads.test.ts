import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CliIo } from '../../../src/cli/cli-io.js'
import { runCli } from '../../../src/cli/main.js'
import { CLUSTER_SERVER, openFixture, type Fixture } from './gateway-fixture.js'

let gateway: Fixture
let token: string

beforeAll(async () => {
  gateway = await openFixture()
  token = await gateway.signIn()
  const destination = { server: CLUSTER_SERVER, namespace: 'shop' }
  const spec = { project: 'default', source: { repoURL: 'https://git.test/x', path: '.' }, destination }
  await gateway.ask(
    'mutation($input: CreateApplicationInput!) { createApplication(input: $input) { userErrors { message } } }',
    { token, variables: { input: { name: 'shop', spec } } },
  )
})
afterAll(() => gateway.close())

async function run(command: string) {
  const said = { out: '', err: '' }
  const io = {
    out: (text: string) => void (said.out += text),
    err: (text: string) => void (said.err += text),
    env: {},
    interactive: false,
  } as unknown as CliIo
  const server = ['--server', gateway.url, '--auth-token', token]
  return { code: await runCli([...server, ...command.split(' ')], io), ...said }
}

describe('lockstep app reads [1.16 app]', () => {
  it('logs prints lines behind their Pod', async () => {
    expect(await run('app logs shop --tail 1')).toEqual({ code: 0, out: 'web-1 two\n', err: '' })
    expect((await run('app logs unknown')).code).toBe(20)
  })

  it('manifests masks Secrets', async () => {
    const { code, out } = await run('app manifests shop --source live')
    expect(code).toBe(0)
    expect(out).toContain('kind: Secret')
    expect(out).not.toContain('canary')
  })

  it('resources lists and draws', async () => {
    expect((await run('app resources shop')).out).toContain('Service  shop')
    expect((await run('app resources shop -o tree')).out).toContain('Service/web')
    expect((await run('app resources shop --orphaned')).out).toMatch(/ConfigMap +shop +stray +Yes/)
    const count = await run('app resources shop --orphaned -o jsonpath={[*].name}')
    expect(count.out.trim()).toBe('stray')
  })
})

describe('lockstep app reads of single objects and of trees [1.16 app]', () => {
  it('get -o tree draws what is declared with what came of it', async () => {
    const { code, out } = await run('app get shop -o tree')
    expect(code).toBe(0)
    expect(out).toMatch(/^Name: +argocd\/shop$/m)
    expect(out).toMatch(/^KIND\/NAME +STATUS +HEALTH +MESSAGE$/m)
    expect(out).toMatch(/^Service\/web +Healthy$/m)
    const detailed = await run('app get shop -o tree=detailed')
    expect(detailed.out).toMatch(/^KIND\/NAME +STATUS +HEALTH +AGE +FACTS +MESSAGE$/m)
    expect(detailed.out).toContain('Ready:1/1')
  })

  it('get-resource prints objects of a kind, or chosen fields of them', async () => {
    const yaml = await run('app get-resource shop --kind Service -o yaml')
    expect(yaml).toMatchObject({ code: 0, err: '' })
    expect(yaml.out).toContain('kind: Secret')
    expect(yaml.out).not.toContain('canary')
    const fields = await run(
      'app get-resource shop --kind Service --filter-fields metadata.name,kind -o json',
    )
    expect(JSON.parse(fields.out)).toEqual({ 'metadata.name': 'db', kind: 'Secret' })
    expect((await run('app get-resource shop --kind Service')).out).toMatch(/^metadata\.name: +db$/m)
  })

  it('events tells what is reported, of all objects or of some', async () => {
    const { code, out } = await run('app events shop')
    expect(code).toBe(0)
    expect(out).toMatch(/^LAST SEEN +TYPE +REASON +OBJECT +COUNT +MESSAGE$/m)
    expect(out).toMatch(/Warning +BackOff +Pod\/web-1 +3 +back-off$/m)
    expect((await run('app events shop --kind Service -o name')).out).toBe('')
  })

  it('get-resource says what to do when there is none, and what is missing', async () => {
    const none = await run('app get-resource shop --kind Ingress')
    expect(none.code).toBe(20)
    expect(none.err).toContain('lockstep app resources shop')
    expect((await run('app get-resource shop')).err).toContain('--kind is missing')
  })
})

describe('lockstep app diff with another declaration [1.16 app]', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lockstep-local-'))
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  const SECRET = 'apiVersion: v1\nkind: Secret\nmetadata: {name: db}\n'

  it('--local compares the plain manifests of a folder, and of Secrets only the names of their values', async () => {
    await writeFile(join(folder, 'db.yaml'), `${SECRET}stringData: {password: another}\n`)
    expect(await run(`app diff shop --local ${folder}`)).toEqual({ code: 0, out: '', err: '' })
    await writeFile(join(folder, 'db.yaml'), `${SECRET}stringData: {password: another, user: me}\n`)
    const more = await run(`app diff shop --local ${folder} --diff-exit-code 7`)
    expect(more.code).toBe(7)
    expect(more.out).toContain('===== /Secret shop/db ======')
    expect(more.out).not.toContain('another')
  })

  it('--local shows what would be made, and what would go', async () => {
    await writeFile(join(folder, 'db.yaml'), 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: new}\n')
    const { code, out } = await run(`app diff shop --local ${folder}`)
    expect(code).toBe(1)
    expect(out).toMatch(/===== \/ConfigMap shop\/new ======\n[^]*\+ *name: new/)
    expect(out).toMatch(/===== \/Secret shop\/db ======\n[^]*- *name: db/)
  })

  it('--local refuses a folder that another tool renders, and one that does not exist', async () => {
    await writeFile(join(folder, 'Chart.yaml'), 'name: x\n')
    const chart = await run(`app diff shop --local ${folder}`)
    expect(chart).toMatchObject({ code: 2, err: expect.stringContaining('Chart.yaml') })
    expect((await run('app diff shop --local /nowhere/at/all')).code).toBe(2)
  })
})
