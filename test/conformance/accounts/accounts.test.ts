import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CliIo } from '../../../src/cli/cli-io.js'
import { runCli } from '../../../src/cli/main.js'
import { openFixture, type Fixture } from '../../integration/api/gateway-fixture.js'

const ADMIN = 'correct horse battery'
const BOB = 'a sentence for bob'

let gateway: Fixture
let folder: string

beforeAll(async () => {
  gateway = await openFixture()
  folder = await mkdtemp(join(tmpdir(), 'lockstep-accounts-'))
})
afterAll(async () => {
  await gateway.close()
  await rm(folder, { recursive: true })
})

/** The CLI of one person, with a configuration of their own. */
async function run(person: string, command: string, stdin = '') {
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
  const args = command.split(' ').map((word) => word.replaceAll('~', ' '))
  const code = await runCli(['--config', configOf(person), ...args], io)
  return { code, ...said }
}

const configOf = (person: string): string => join(folder, person)
const spoken = (text: string): string => text.replaceAll(' ', '~')

describe('accounts, sessions and tokens as with argocd', () => {
  it('[1.12 Local admin] the one-time link sets the password of admin, and older tokens end with a new one', async () => {
    const link = gateway.link.replace('http://lockstep.test', gateway.url)
    expect(await run('admin', `login ${link} --password-stdin`, `${ADMIN}\n`)).toMatchObject({
      code: 0,
      out: '',
    })
    expect((await run('admin', 'account get-user-info')).out).toBe(
      'Logged In: true\nUsername: admin\nGroups: \n',
    )
    const token = (await run('admin', 'account generate-token --id old')).out.trim()
    const next = `${ADMIN} staple`
    const update = `account update-password --current-password ${spoken(ADMIN)} --new-password ${spoken(next)}`
    expect(await run('admin', update)).toMatchObject({ code: 0, err: 'Password updated\n' })
    // The CLI goes on with the session that came with the new password.
    expect((await run('admin', 'account get-user-info')).out).toContain('Logged In: true')
    expect((await gateway.ask('{ viewer { username } }', { token })).data.viewer).toBeNull()
    await run('admin', update.replace(spoken(ADMIN), spoken(next)).replace(/\S+$/, spoken(ADMIN)))
  })

  it('[1.12 Local users] have the capabilities login and apiKey, are disabled and enabled, and keep to names and passwords', async () => {
    const create = await run('admin', 'account create bob --capabilities login,apiKey --password-stdin', BOB)
    expect(create).toMatchObject({ code: 0, err: "account 'bob' created\n" })
    expect((await run('admin', 'account create robot --capabilities apiKey')).code).toBe(0)
    expect((await run('admin', 'account list')).out).toBe(
      'NAME   ENABLED  CAPABILITIES\nadmin  true     login, apiKey\nbob    true     login, apiKey\nrobot  true     apiKey\n',
    )
    expect((await run('admin', `account create ${'x'.repeat(33)} --capabilities apiKey`)).code).toBe(20)
    const short = await run('admin', 'account create eve --password short')
    expect(short).toMatchObject({ code: 20, out: '' })
    expect(short.err).toContain('at least 12 characters')
    const login = `login ${gateway.url} --username bob --password ${spoken(BOB)}`
    expect((await run('bob', login)).code).toBe(0)
    expect((await run('bob', 'account list -o name')).out).toBe('bob\n')
    expect((await run('admin', 'account disable bob')).code).toBe(0)
    expect((await run('bob', 'account get-user-info')).out).toBe('Logged In: false\n')
    expect((await run('bob', login)).code).toBe(20)
    expect((await run('admin', 'account enable bob')).code).toBe(0)
    expect((await run('bob', login)).code).toBe(0)
  })

  it('[1.12 API tokens] account tokens have an id and an end, are listed with their last use, and deleted', async () => {
    const made = await run('admin', 'account generate-token --account robot --id ci --expires-in 90m')
    expect(made.code).toBe(0)
    expect(made.out).toMatch(/^lst_[\w-]{49}\n$/)
    const token = made.out.trim()
    expect((await gateway.ask('{ viewer { username kind } }', { token })).data.viewer).toEqual({
      username: 'robot',
      kind: 'token',
    })
    await new Promise((resolve) => setTimeout(resolve, 50))
    const { out } = await run('admin', 'account get --account robot -o json')
    const [listed] = JSON.parse(out).tokens
    expect(listed).toMatchObject({ name: 'ci' })
    expect(Date.parse(listed.expiresAt) - Date.parse(listed.createdAt)).toBe(90 * 60_000)
    expect(Date.parse(listed.lastUsedAt)).toBeGreaterThanOrEqual(Date.parse(listed.createdAt) - 1)
    expect(out).not.toContain(token)
    expect((await run('admin', 'account generate-token --account robot --id ci')).code).toBe(20)
    expect((await run('admin', 'account generate-token --account robot --expires-in 0s')).code).toBe(20)
    expect((await run('admin', 'account delete-token --account robot ci')).code).toBe(0)
    expect((await gateway.ask('{ viewer { username } }', { token })).data.viewer).toBeNull()
  })

  it('[1.12 API tokens] [1.10 Role tokens] a token of a project role acts as the role, until the role is gone', async () => {
    const projects = gateway.stores.projects
    const policies = ['p, proj:team:ci, applications, get, team/*, allow']
    const spec = { sourceRepos: ['*'], roles: [{ name: 'ci', policies }] }
    const record = { audit: { actor: 'test', action: 'seed', object: 'test' }, doorbells: [] }
    await projects.create({ id: 'p1', name: 'team', spec, generation: 1 }, record)
    const made = await run('admin', 'proj role create-token team ci --id deploy --expires-in 1h')
    expect(made.out).toMatch(/^Create token succeeded for proj:team:ci\.\n  ID: deploy\n  Issued At: /)
    const only = await run('admin', 'proj role create-token team ci --token-only')
    const token = only.out.trim()
    expect((await gateway.ask('{ viewer { username kind } }', { token })).data.viewer).toEqual({
      username: 'proj:team:ci',
      kind: 'token',
    })
    const list = (await run('admin', 'proj role list-tokens team ci')).out.split('\n')
    expect(list[0]).toMatch(/^ID +ISSUED AT +EXPIRES AT$/)
    expect(list).toHaveLength(4)
    expect((await run('admin', 'proj role delete-token team ci deploy -y')).code).toBe(0)
    expect((await run('admin', 'proj role list-tokens team ci -o name')).out).not.toContain('deploy')
    expect((await run('admin', 'proj role create-token team absent')).code).toBe(20)
    expect((await run('bob', 'proj role create-token team ci')).code).toBe(20)
    await projects.update({ id: 'p1', name: 'team', spec: { sourceRepos: ['*'] }, generation: 2 }, record)
    await new Promise((resolve) => setTimeout(resolve, 2_100))
    expect((await gateway.ask('{ viewer { username } }', { token })).data.viewer).toBeNull()
  })

  it('[1.12 Sessions] are listed, ended one by one and together, and end with logout', async () => {
    const login = `login ${gateway.url} --username bob --password ${spoken(BOB)}`
    for (const person of ['bob', 'bob-at-home', 'bob-on-the-train'])
      expect((await run(person, login)).code).toBe(0)
    const home = (await run('bob-at-home', 'account session-token')).out.trim()
    const sessions = (await run('bob', 'account sessions')).out.split('\n')
    expect(sessions[0]).toMatch(/^CURRENT +ID +FROM +BEGAN +LAST USED +PROGRAM$/)
    expect(sessions.filter((line) => line.startsWith('*'))).toHaveLength(1)
    expect((await run('bob', 'account end-session')).code).toBe(20)
    expect((await run('bob', 'account end-session --all')).code).toBe(0)
    expect((await gateway.ask('{ viewer { username } }', { token: home })).data.viewer).toBeNull()
    expect((await run('bob', `relogin --password ${spoken(BOB)}`)).code).toBe(0)
    const token = (await run('bob', 'account session-token')).out.trim()
    expect((await run('bob', 'logout')).code).toBe(0)
    expect((await gateway.ask('{ viewer { username } }', { token })).data.viewer).toBeNull()
  })

  it('[1.12 Rate limits] five failures close the account for that source', async () => {
    const wrong = `login ${gateway.url} --username bob --password not~the~right~one`
    for (let round = 0; round < 5; round += 1)
      expect((await run('bob', wrong)).err).toContain('wrong user name')
    expect((await run('bob', wrong)).err).toContain('Too many failed logins')
    const right = await run('bob', wrong.replace('not~the~right~one', spoken(BOB)))
    expect(right.err).toContain('Too many failed logins')
    const events = await gateway.stores.audit.list(50)
    expect(events.filter(({ action }) => action === 'lock-log-in')).toHaveLength(1)
  })

  it('[1.16 account] bcrypt prints a hash that an account can be created with, and tokens sign in', async () => {
    const { out } = await run('admin', 'account bcrypt --password-stdin', 'from argo cd with love')
    expect(out).toMatch(/^\$2[ab]\$10\$.{53}\n$/)
    expect((await run('admin', `account create old --bcrypt-hash ${out.trim()}`)).code).toBe(0)
    const token = (await run('admin', 'account generate-token')).out
    expect((await run('ci', `login ${gateway.url} --token-stdin`, token)).code).toBe(0)
    expect((await run('ci', 'account get-user-info')).out).toContain('Username: admin')
    expect((await run('ci', 'account generate-token')).err).toContain('sign in with your password')
    expect((await run('other', `login ${gateway.url} --token-stdin`, 'lst_nothing')).code).toBe(20)
    expect((await run('admin', 'account delete old')).code).toBe(20)
    expect((await run('admin', 'account delete old -y')).code).toBe(0)
  })
})

describe('the file of the CLI', () => {
  it('R-39 a configuration that others may read is refused, and a token goes to no other server', async () => {
    const path = configOf('admin')
    await chmod(path, 0o644)
    const refused = await run('admin', 'account list')
    expect(refused).toMatchObject({ code: 20, out: '' })
    expect(refused.err).toContain(`chmod 600 ${path}`)
    await chmod(path, 0o600)
    expect((await run('admin', 'account list')).code).toBe(0)
    const other = await openFixture()
    const token = /auth-token: (\S+)/.exec(await readFile(path, 'utf8'))?.[1]
    expect(token).toBeDefined()
    expect((await run('admin', `--server ${other.url} account get-user-info`)).out).toBe('Logged In: false\n')
    await other.close()
  })

  it('R-39 what a server says cannot steer the terminal', async () => {
    const answer = await run('admin', 'account get --account x\u001b[31m')
    expect(answer.code).toBe(20)
    expect(answer.err).not.toContain('\u001b')
  })
})
