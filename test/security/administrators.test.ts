import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CreateBootstrapLink } from '../../src/login/bootstrap-link.js'
import {
  CLUSTER_SERVER,
  openFixture,
  PASSWORD,
  type Answer,
  type Fixture,
} from '../integration/api/gateway-fixture.js'

const OTHER = 'a sentence for all'
const POLICY = `
p, help, accounts, *, *, allow
g, boss, role:admin
g, chief, role:admin
p, dev, applications, *, shop/*, allow
p, root, *, *, *, allow`

let gateway: Fixture
let admin: string
let places = 0

beforeAll(async () => {
  gateway = await openFixture()
  admin = await gateway.signIn()
  for (const name of ['help', 'boss', 'dev', 'plain', 'root'])
    await change('createAccount', { name, capabilities: ['LOGIN', 'API_KEY'], password: OTHER })
  await change('updatePolicy', { csv: POLICY })
})
afterAll(() => gateway.close())

function change(field: string, input: object, token = admin): Promise<Answer> {
  const type = `${field[0]?.toUpperCase()}${field.slice(1)}Input`
  const made = ['createApiToken', 'createRoleToken'].includes(field) ? 'token' : ''
  return gateway.ask(
    `mutation($input: ${type}!) { ${field}(input: $input) { ${made} userErrors { code message } } }`,
    { token, variables: { input } },
  )
}

async function signIn(username: string, password = OTHER): Promise<string> {
  places += 1
  const answer = await gateway.ask(
    'mutation($input: LoginInput!) { login(input: $input) { token userErrors { code } } }',
    {
      variables: { input: { username, password, bearer: true } },
      headers: { 'x-forwarded-for': `10.8.${places}.1` },
    },
  )
  return answer.data?.login.token
}

async function whoIs(token: string): Promise<string | undefined> {
  return (await gateway.ask('{ viewer { username } }', { token })).data.viewer?.username
}

function codeOf(answer: Answer, field: string): string | undefined {
  return answer.errors[0]?.extensions.code ?? answer.data[field].userErrors[0]?.code
}

/** Everything that may be done with the account of somebody else. */
function actsOn(name: string): readonly (readonly [string, object])[] {
  return [
    ['createApiToken', { account: name }],
    ['deleteApiToken', { account: name, token: 'kept' }],
    ['updatePassword', { account: name, currentPassword: OTHER, newPassword: 'taken over by me' }],
    ['updateAccount', { name, enabled: false }],
    ['updateAccount', { name, capabilities: ['API_KEY'] }],
    ['endSessions', { account: name }],
    ['deleteAccount', { name }],
  ]
}

describe('whoever may act on accounts', () => {
  it('B-24 acts on nobody who may more, and makes no account that would', async () => {
    const help = await signIn('help')
    for (const name of ['boss', 'admin', 'dev', 'root']) {
      await change('createApiToken', { account: name, name: 'kept' })
      const session = await signIn(name, name === 'admin' ? PASSWORD : OTHER)
      for (const [field, input] of actsOn(name)) {
        const answer = await change(field, input, help)
        expect(codeOf(answer, field), `${field} ${name}`).toBe('FORBIDDEN')
        expect(answer.errors[0]?.message).toMatch(/which you may not\. Ask somebody/)
      }
      expect(await whoIs(session)).toBe(name)
    }
    const named = await change('createAccount', { name: 'chief', password: OTHER }, help)
    expect(codeOf(named, 'createAccount')).toBe('FORBIDDEN')
    const boss = await signIn('boss')
    const wider = await change('createApiToken', { account: 'root' }, boss)
    expect(codeOf(wider, 'createApiToken')).toBe('FORBIDDEN')
  })

  it('B-24 acts on whoever may as much or less', async () => {
    const help = await signIn('help')
    await change('createApiToken', { account: 'plain', name: 'kept' })
    for (const [field, input] of actsOn('plain'))
      expect(codeOf(await change(field, input, help), field), field).toBeUndefined()
    const boss = await signIn('boss')
    expect(codeOf(await change('updateAccount', { name: 'dev', enabled: true }, boss), 'updateAccount')).toBe(
      undefined,
    )
  })

  it('B-24 does not lock the last one out: not himself, and not the account that always exists', async () => {
    const own = await change('updateAccount', { name: 'admin', enabled: false })
    expect(codeOf(own, 'updateAccount')).toBe('BAD_USER_INPUT')
    const boss = await signIn('boss')
    expect(codeOf(await change('deleteAccount', { name: 'admin' }, boss), 'deleteAccount')).toBe(
      'BAD_USER_INPUT',
    )
    const blind = await change('updatePolicy', { csv: 'p, role:admin, *, *, *, deny' })
    expect(codeOf(blind, 'updatePolicy')).toBe('BAD_USER_INPUT')
  })

  it('B-23 a disabled admin stays out: no restart makes a link, and the old one is used up', async () => {
    const other = await openFixture()
    const session = await other.signIn()
    const ask = (mutation: string, token = session): Promise<Answer> =>
      other.ask(`mutation { ${mutation} { userErrors { code } } }`, { token })
    await ask(`createAccount(input: { name: "boss", password: "${OTHER}" })`)
    await ask('updatePolicy(input: { csv: "g, boss, role:admin" })')
    const login = await other.ask(
      `mutation { login(input: { username: "boss", password: "${OTHER}", bearer: true }) { token } }`,
    )
    await ask('updateAccount(input: { name: "admin", enabled: false })', login.data.login.token)
    const { accounts, settings } = other.stores
    expect(await new CreateBootstrapLink(accounts, settings).run('http://lockstep.test')).toBeUndefined()
    const token = new URL(other.link).searchParams.get('token')
    const again = await other.ask(
      `mutation { completeSetup(input: { token: "${token}", password: "another sentence" }) { token } }`,
    )
    expect(again.errors[0]?.extensions.code).toBe('UNAUTHENTICATED')
    const back = await other.ask(
      `mutation { login(input: { username: "admin", password: "${PASSWORD}", bearer: true }) { token } }`,
    )
    expect(back.errors[0]?.extensions.code).toBe('UNAUTHENTICATED')
    await other.close()
  })
})

describe('rights that are taken away', () => {
  const roles = (policies: readonly string[]) => [{ name: 'ci', policies }]
  const project = (name: string, spec: object) => change('createProject', { name, spec, upsert: true })
  const SEE = 'p, proj:team:ci, applications, get, team/*, allow'
  const maySee = async (token: string): Promise<boolean> =>
    (
      await gateway.ask('{ canI(resource: "applications", action: "get", object: "team/x") }', {
        token,
      })
    ).data?.canI === true

  it('B-21 are gone within five seconds: a group line, a role of a project, the project itself', async () => {
    await project('team', { roles: roles([SEE]) })
    const role: string = (await change('createRoleToken', { project: 'team', role: 'ci' })).data
      .createRoleToken.token
    await change('updatePolicy', { csv: `${POLICY}\ng, dev, role:readonly` })
    const dev: string = (await change('createApiToken', { account: 'dev' })).data.createApiToken.token
    await expect.poll(() => maySee(role), { timeout: 5_000 }).toBe(true)
    expect(await maySee(dev)).toBe(true)
    await change('updatePolicy', { csv: POLICY })
    await expect.poll(() => maySee(dev), { timeout: 5_000 }).toBe(false)
    await project('team', { roles: roles([]) })
    await expect.poll(() => maySee(role), { timeout: 5_000 }).toBe(false)
    await project('team', { roles: roles([SEE]) })
    await expect.poll(() => maySee(role), { timeout: 5_000 }).toBe(true)
    await change('removeProject', { name: 'team' })
    await expect.poll(() => whoIs(role), { timeout: 5_000 }).toBeUndefined()
  })

  it('B-21 do not come back with the name: a new project or account knows no token of the old one', async () => {
    await project('team', { roles: roles([SEE]) })
    const role: string = (await change('createRoleToken', { project: 'team', role: 'ci' })).data
      .createRoleToken.token
    await change('createAccount', { name: 'again', capabilities: ['LOGIN', 'API_KEY'], password: OTHER })
    const old: string = (await change('createApiToken', { account: 'again' })).data.createApiToken.token
    expect([await whoIs(role), await whoIs(old)]).toEqual(['proj:team:ci', 'again'])
    await change('removeProject', { name: 'team' })
    await change('deleteAccount', { name: 'again' })
    await project('team', { roles: roles([SEE]) })
    await change('createAccount', { name: 'again', capabilities: ['LOGIN', 'API_KEY'], password: OTHER })
    await expect.poll(() => whoIs(role), { timeout: 5_000 }).toBeUndefined()
    await expect.poll(() => whoIs(old), { timeout: 5_000 }).toBeUndefined()
  })
})

describe('a token with scopes', () => {
  const scoped = async (scopes: readonly string[], account = 'boss'): Promise<string> =>
    (await change('createApiToken', { account, scopes })).data.createApiToken.token

  it('C-35 of an administrator may what its scopes say, and nothing that needs no permission either', async () => {
    const token = await scoped(['applications, get, shop/*', 'clusters, get, *'])
    expect((await gateway.ask('{ clusters { name } }', { token })).data.clusters).toHaveLength(1)
    for (const query of ['{ repositories { url } }', '{ policy { csv } }'])
      expect((await gateway.ask(query, { token })).errors[0]?.extensions.code, query).toBe('FORBIDDEN')
    const own = await gateway.ask('{ account(name: "boss") { name } }', { token })
    expect(own.errors[0]?.extensions.code).toBe('NOT_FOUND')
    for (const [field, input] of [
      ['endSessions', {}],
      ['deleteApiToken', { token: 'kept' }],
      ['createApiToken', {}],
      ['pauseWrites', { cluster: CLUSTER_SERVER, paused: true }],
      ['updatePolicy', { csv: '' }],
    ] as const)
      expect(codeOf(await change(field, input, token), field), field).toMatch(/FORBIDDEN|NOT_FOUND/)
  })

  it('C-35 shows its scopes, and is not made with scopes that mean nothing', async () => {
    await change('createApiToken', { account: 'boss', name: 'shown', scopes: ['applications, get, shop/*'] })
    const list = await gateway.ask('{ account(name: "boss") { tokens { name scopes } } }', { token: admin })
    expect(list.data.account.tokens).toContainEqual({ name: 'shown', scopes: ['applications, get, shop/*'] })
    for (const scopes of [[], ['all'], ['applications, get, shop/*', ''], ['a, b, c\nd, e, f']]) {
      const answer = await change('createApiToken', { account: 'boss', scopes })
      expect(codeOf(answer, 'createApiToken')).toBe('BAD_USER_INPUT')
      expect(answer.data.createApiToken.token).toBeNull()
    }
    const [event] = (await gateway.stores.audit.list(50)).filter(({ action }) => action === 'create-token')
    expect(event?.object).toBe('account/boss')
  })

  it('C-35 of a role narrows the role', async () => {
    const policies = ['p, proj:shop:ci, applications, *, shop/*, allow']
    await change('createProject', { name: 'shop', spec: { roles: [{ name: 'ci', policies }] }, upsert: true })
    const input = { project: 'shop', role: 'ci', scopes: ['applications, sync, shop/web'] }
    const { token } = (await change('createRoleToken', input)).data.createRoleToken
    const can = async (action: string, object: string): Promise<boolean | undefined> =>
      (
        await gateway.ask(`{ canI(resource: "applications", action: "${action}", object: "${object}") }`, {
          token,
        })
      ).data?.canI
    await expect.poll(() => can('sync', 'shop/web'), { timeout: 5_000 }).toBe(true)
    expect(await can('sync', 'shop/api')).toBe(false)
    expect(await can('get', 'shop/web')).toBe(false)
  })
})

describe('what is hidden', () => {
  it.each([
    ['account', 'account(name: "$")', 'boss'],
    ['project', 'project(name: "$")', 'default'],
    ['role', 'roleTokens(project: "$", role: "ci")', 'default'],
  ])(
    'A-27 a hidden %s is answered like an absent one, and only the audit trail knows it',
    async (_kind, query, name) => {
      const policy = `${POLICY}\np, walker, projects, get, other, allow`
      await change('updatePolicy', { csv: policy })
      await change('createAccount', { name: 'walker', capabilities: ['API_KEY'], password: OTHER })
      const token: string = (await change('createApiToken', { account: 'walker' })).data.createApiToken.token
      const ask = (thing: string): Promise<Answer> =>
        gateway.ask(`{ ${query.replace('$', thing)} { ${query.startsWith('role') ? 'id' : 'name'} } }`, {
          token,
        })
      const [hidden, absent] = [await ask(name), await ask('missing')]
      expect(hidden.errors[0]?.extensions.code).toBe('NOT_FOUND')
      expect(hidden.text.replaceAll(name, 'missing')).toBe(absent.text)
      await expect.poll(() => denied('walker', name)).toBeGreaterThan(0)
      expect(await denied('walker', 'missing')).toBe(0)
    },
  )

  it.each([
    ['cluster', 'removeCluster', 'cluster', CLUSTER_SERVER, 'https://10.0.0.99:6443'],
    ['repository', 'removeRepository', 'url', 'https://git.test/hidden', 'https://git.test/missing'],
    ['project', 'removeProject', 'name', 'default', 'missing'],
  ])('A-27 A-48 a change of a hidden %s likewise', async (_kind, field, argument, known, unknown) => {
    await change('addRepository', { url: 'https://git.test/hidden', skipCheck: true })
    await change('createAccount', { name: 'gardener', capabilities: ['API_KEY'], password: OTHER })
    const rights = ['clusters', 'repositories', 'projects'].map(
      (resource) => `p, gardener, ${resource}, delete, other*, allow`,
    )
    await change('updatePolicy', { csv: [POLICY, ...rights].join('\n') })
    const token: string = (await change('createApiToken', { account: 'gardener' })).data.createApiToken.token
    const hidden = await change(field, { [argument]: known }, token)
    const absent = await change(field, { [argument]: unknown }, token)
    expect(codeOf(hidden, field)).toBe('NOT_FOUND')
    expect(hidden.text.replaceAll(known, unknown)).toBe(absent.text)
    await expect.poll(() => denied('gardener', known)).toBeGreaterThan(0)
    expect(await denied('gardener', unknown)).toBe(0)
  })

  it('A-27 a project that exists is refused in the words for one that does not', async () => {
    const token: string = (await change('createApiToken', { account: 'dev' })).data.createApiToken.token
    await change('updatePolicy', { csv: `${POLICY}\np, dev, projects, create, dev-*, allow` })
    const wish = (name: string) => change('createProject', { name, spec: {}, upsert: true }, token)
    const [hidden, absent] = [await wish('default'), await wish('missing')]
    expect(codeOf(hidden, 'createProject')).toBe('FORBIDDEN')
    expect(hidden.text.replaceAll('default', 'missing')).toBe(absent.text)
  })
})

async function denied(actor: string, object: string): Promise<number> {
  const events = await gateway.stores.audit.list(500)
  return events.filter(
    (event) => event.actor === actor && event.outcome === 'DENIED' && event.object.endsWith(`/${object}`),
  ).length
}
