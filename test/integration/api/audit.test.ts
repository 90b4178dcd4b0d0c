import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SealEvents } from '../../../src/audit/seal-events.js'
import { POLICY_SETTING } from '../../../src/access/read-policy.js'
import type { AuditEntry } from '../../../src/store/records.js'
import { auditHash, openFixture, PASSWORD, type Fixture } from './gateway-fixture.js'

const EVENTS = `query($first: Int!, $after: String, $filter: AuditFilterInput) {
  auditEvents(first: $first, after: $after, filter: $filter) {
    nodes { id at actor action object project outcome source credential details }
    pageInfo { hasNextPage endCursor }
  }
}`
const SYNC = `mutation($name: String!) { syncApplication(input: { name: $name }) { userErrors { code } } }`
const PAUSE = 'mutation { pauseWrites(input: { paused: true }) { userErrors { code } } }'

const POLICY = [
  'p, mia, applications, get, shop/*, allow',
  'p, mia, applications, sync, shop/*, allow',
  'p, mia, applications, get, till/one, allow',
]

let gateway: Fixture
let admin: string
let member: string

beforeAll(async () => {
  gateway = await openFixture()
  // Before anybody asks: what a policy says is remembered for a moment.
  const record = { audit: { actor: 'test', action: 'set-policy', object: 'setting' }, doorbells: [] }
  await gateway.stores.settings.set(POLICY_SETTING, POLICY.join('\n'), record)
  admin = await gateway.signIn()
  member = await signedInAs('mia')
})

afterAll(() => gateway.close())

async function signedInAs(username: string): Promise<string> {
  const created = await gateway.ask(
    'mutation($input: CreateAccountInput!) { createAccount(input: $input) { userErrors { message } } }',
    { token: admin, variables: { input: { name: username, password: PASSWORD } } },
  )
  expect(created.errors).toEqual([])
  const answer = await gateway.ask('mutation($input: LoginInput!) { login(input: $input) { token } }', {
    variables: { input: { username, password: PASSWORD, bearer: true } },
  })
  return answer.data.login.token
}

async function append(entry: Partial<AuditEntry> & { readonly object: string }): Promise<void> {
  const audit = { actor: 'ann', action: 'sync-application', ...entry }
  await gateway.stores.audit.append({ audit, doorbells: [] })
}

async function events(token: string, filter: object = {}, first = 100) {
  const answer = await gateway.ask(EVENTS, { token, variables: { first, filter } })
  expect(answer.errors).toEqual([])
  return answer.data.auditEvents.nodes as readonly Record<string, string>[]
}

describe('the audit trail over the API', () => {
  it('shows an admin each change with where it came from, once', async () => {
    await gateway.ask(PAUSE, { token: admin, headers: { 'x-forwarded-for': '192.0.2.9' } })
    const [event, ...more] = await events(admin, { action: 'pause-writes' })
    expect(more).toEqual([])
    expect(event).toMatchObject({ actor: 'admin', outcome: 'ACCEPTED', source: '192.0.2.9' })
    expect(event?.['credential']).toMatch(/\S/)
  })

  it('pages newest first, to the end', async () => {
    for (let n = 0; n < 5; n += 1) await append({ object: 'page/x', actor: `pager-${n}` })
    const seen: string[] = []
    let after: string | undefined
    for (let page = 0; page < 10; page += 1) {
      const variables = { first: 2, filter: { object: 'page/x' }, ...(after && { after }) }
      const { nodes, pageInfo } = (await gateway.ask(EVENTS, { token: admin, variables })).data.auditEvents
      seen.push(...nodes.map((node: { readonly actor: string }) => node.actor))
      after = pageInfo.endCursor
      if (!pageInfo.hasNextPage) break
    }
    expect(seen).toEqual(['pager-4', 'pager-3', 'pager-2', 'pager-1', 'pager-0'])
  })

  it('shows a member of a project its events, without addresses, and nothing else', async () => {
    await append({ object: 'application/argocd/web', project: 'shop', source: '192.0.2.1', credential: 'c' })
    await append({ object: 'application/argocd/one', project: 'till' })
    await append({ object: 'application/argocd/two', project: 'till' })
    await append({ object: 'project/till', project: 'till' })
    await append({ object: 'project/shop', project: 'shop' })
    await append({ object: 'application/argocd/web', project: 'other' })
    const seen = await events(member)
    expect(seen.map(({ project, object }) => `${project} ${object}`)).toEqual([
      'shop project/shop',
      'till application/argocd/one',
      'shop application/argocd/web',
    ])
    expect(seen.at(-1)).toMatchObject({ source: null, credential: null })
    expect((await events(admin, { project: 'shop', object: 'application/argocd/web' }))[0]).toMatchObject({
      source: '192.0.2.1',
    })
  })

  it('refuses whoever may see no project, with a sentence, and writes that down', async () => {
    const nobody = await signedInAs('noa')
    const answer = await gateway.ask(EVENTS, { token: nobody, variables: { first: 10 } })
    expect(answer.errors[0]).toMatchObject({ extensions: { code: 'FORBIDDEN' } })
    expect(answer.errors[0]?.message).toContain('audit, get')
  })

  it.each([
    ['first 0', { first: 0 }],
    ['first 101', { first: 101 }],
    ['a foreign cursor', { first: 1, after: Buffer.from('["x","1; drop"]').toString('base64url') }],
    [
      'a range that ends before it begins',
      { first: 1, filter: { from: '2026-01-02T00:00:00Z', to: '2026-01-01T00:00:00Z' } },
    ],
  ])('refuses %s', async (_name, variables) => {
    const answer = await gateway.ask(EVENTS, { token: admin, variables })
    expect(answer.errors[0]?.extensions.code).toBe('BAD_USER_INPUT')
  })
})

describe('denials', () => {
  const denials = async (filter: object) => {
    await new Promise((resolve) => setTimeout(resolve, 50))
    return events(admin, { outcome: 'DENIED', ...filter })
  }

  it('is written for a refused change, with address and credential, and counted when it comes again', async () => {
    for (let n = 0; n < 20; n += 1) await gateway.ask(PAUSE, { token: member })
    const found = await denials({ actor: 'mia', action: 'pause-writes' })
    expect(found).toHaveLength(1)
    expect(found[0]).toMatchObject({ source: '127.0.0.1', details: { reason: expect.any(String) } })
    expect(found[0]?.['credential']).toMatch(/\S/)
  })

  it('is written for what the caller may not even see, though the answer says that it does not exist', async () => {
    const { applications } = gateway.stores
    const spec = { project: 'secret', destination: { server: 'https://x', namespace: 'x' } }
    const application = {
      id: 'hidden-1',
      namespace: 'argocd',
      name: 'hidden',
      labels: {},
      annotations: {},
      spec,
      generation: 1,
      createdAt: new Date().toISOString(),
    }
    const audit = { actor: 'test', action: 'seed', object: 'x' }
    await applications.create(application, { audit, doorbells: [] })
    const hidden = await gateway.ask(SYNC, { token: member, variables: { name: 'hidden' } })
    const absent = await gateway.ask(SYNC, { token: member, variables: { name: 'absent' } })
    expect(hidden.data).toEqual({ syncApplication: { userErrors: [{ code: 'NOT_FOUND' }] } })
    expect(hidden.data).toEqual(absent.data)
    expect(await denials({ actor: 'mia', action: 'sync-application' })).toMatchObject([
      { object: 'name/hidden' },
    ])
  })

  it('is written for each application of many that is refused, under its own name', async () => {
    const names = [{ name: 'hidden' }, { name: 'absent' }]
    const answer = await gateway.ask(
      `mutation($input: SyncApplicationsInput!) { syncApplications(input: $input) {
        outcomes { name userError { code } } userErrors { code } } }`,
      { token: member, variables: { input: { choice: { names } } } },
    )
    expect(answer.data.syncApplications).toEqual({
      outcomes: expect.arrayContaining(names.map(({ name }) => ({ name, userError: { code: 'NOT_FOUND' } }))),
      userErrors: [],
    })
    expect(await denials({ actor: 'mia', action: 'sync-applications' })).toMatchObject([
      { object: 'application/argocd/hidden' },
    ])
  })

  it('is written for a change by nobody, not for a read', async () => {
    await gateway.ask(PAUSE)
    await gateway.ask('{ writesPaused }')
    expect(await denials({ actor: 'anonymous' })).toMatchObject([{ action: 'pause-writes' }])
  })
})

describe('secrets', () => {
  const CANARY = 'canary-audit-4f1d'
  const change = (field: string, type: string, input: object, token: string | undefined = admin) =>
    gateway.ask(`mutation($input: ${type}!) { ${field}(input: $input) { __typename } }`, {
      variables: { input },
      ...(token && { token }),
    })

  it('B-25 no event holds what a change was given as a secret, or what it made', async () => {
    const kubeconfig = `apiVersion: v1\nkind: Config\nusers: [{name: u, user: {token: ${CANARY}}}]`
    const url = 'https://git.test/canary'
    await change('createAccount', 'CreateAccountInput', { name: 'cara', password: `${CANARY} ${PASSWORD}` })
    await change('addRepository', 'AddRepositoryInput', { url, username: 'robot', password: CANARY })
    await change('addCluster', 'AddClusterInput', { name: 'canary', kubeconfig })
    await change('login', 'LoginInput', { username: 'cara', password: CANARY, bearer: true }, '')
    const made = await gateway.ask(
      'mutation { createApiToken(input: { name: "ci", expiresInSeconds: 60 }) { token userErrors { message } } }',
      { token: admin },
    )
    const token = String(made.data.createApiToken.token)
    expect(token).toMatch(/^lst_/)
    const written = await gateway.stores.audit.list(10_000)
    const actions = new Set(written.map(({ action }) => action))
    for (const action of ['create-account', 'add-repository']) expect(actions).toContain(action)
    const text = JSON.stringify(written)
    for (const secret of [CANARY, token, admin, PASSWORD]) expect(text).not.toContain(secret)
  })
})

describe('verifyAudit', () => {
  const VERIFY = `query($anchor: AuditAnchorInput) { verifyAudit(anchor: $anchor) {
    checked findings { fault position eventId message } next end { position hash } base } }`

  it('finds nothing, then the event that was changed, by its id', async () => {
    await new SealEvents({ chain: gateway.stores.auditChain, hash: auditHash }).run()
    const whole = await gateway.ask(VERIFY, { token: admin })
    expect(whole.data.verifyAudit).toMatchObject({ findings: [], next: null, base: 0 })
    const [newest] = await gateway.stores.audit.list(1)
    Object.assign(newest ?? {}, { actor: 'somebody else' })
    const changed = await gateway.ask(VERIFY, { token: admin })
    expect(changed.data.verifyAudit.findings).toMatchObject([{ fault: 'CHANGED', eventId: newest?.id }])
  })

  it('is for those who may read all of the trail', async () => {
    const answer = await gateway.ask(VERIFY, { token: member })
    expect(answer.errors[0]?.extensions.code).toBe('FORBIDDEN')
  })
})

describe('GET /api/audit/export', () => {
  const get = (query: string, token?: string) =>
    fetch(`${gateway.url}/api/audit/export${query}`, {
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    })

  it('E-33 streams JSON lines and CSV that no spreadsheet runs, and writes down who took it', async () => {
    for (let n = 0; n < 2_100; n += 1) await append({ object: 'export/x', actor: '=cmd()' })
    const lines = await (await get('?object=export/x', admin)).text()
    const parsed = lines
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(parsed).toHaveLength(2_100)
    expect(new Set(parsed.map(({ id }) => id)).size).toBe(2_100)
    const csv = await get('?format=csv&object=export/x', admin)
    expect(csv.headers.get('content-type')).toContain('text/csv')
    expect(csv.headers.get('content-disposition')).toBe('attachment; filename="audit.csv"')
    const rows = (await csv.text()).trimEnd().split('\r\n')
    expect(rows).toHaveLength(2_101)
    expect(rows[0]).toMatch(/^id,at,actor,action,object,/)
    expect(rows[1]).toContain(`,"'=cmd()",`)
    expect(await events(admin, { action: 'export-audit' })).toMatchObject([
      { actor: 'admin', details: { format: 'csv' } },
      { actor: 'admin', details: { format: 'jsonl' } },
    ])
  })

  it.each([
    ['nobody', '', undefined, 401],
    ['a member', '', 'member', 403],
    ['another format', '?format=xlsx', 'admin', 400],
    ['a filter that is not there', '?actr=x', 'admin', 400],
    ['a filter twice', '?actor=a&actor=b', 'admin', 400],
    ['a moment that is none', '?from=yesterday', 'admin', 400],
  ])('refuses %s', async (_name, query, who, status) => {
    const token = { admin, member }[who ?? '']
    const answer = await get(query, token)
    expect(answer.status).toBe(status)
    expect(await answer.text()).toContain('"errors"')
  })
})
