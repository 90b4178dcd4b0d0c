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
  })
})
