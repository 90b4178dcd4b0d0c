import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CLUSTER_SERVER, openFixture, type Fixture } from './gateway-fixture.js'

let gateway: Fixture
let token: string

beforeAll(async () => {
  gateway = await openFixture()
  token = await gateway.signIn()
  const spec = {
    project: 'default',
    source: { repoURL: 'https://git.test/x', path: '.' },
    destination: { server: CLUSTER_SERVER, namespace: 'shop' },
  }
  const made = await gateway.ask(
    'mutation($input: CreateApplicationInput!) { createApplication(input: $input) { userErrors { message } } }',
    { token, variables: { input: { name: 'shop', spec } } },
  )
  expect(made.data.createApplication.userErrors).toEqual([])
})
afterAll(() => gateway.close())

const ask = (fields: string) => gateway.ask(`{ application(name: "shop") { ${fields} } }`, { token })

describe('reads of what runs', () => {
  it('gives the tree with parents, facts and hosts in one request [1.6 Resource tree]', async () => {
    const answer = await ask(
      'resourceTree { nodes { kind name parents facts { name value } health { status } } hosts { name pods } blind }',
    )
    expect(answer.data.application.resourceTree.nodes[0]).toEqual({
      kind: 'Pod',
      name: 'web-1',
      parents: ['u-set'],
      facts: [{ name: 'Ready', value: '1/1' }],
      health: { status: 'HEALTHY' },
    })
  })

  it('gives events, newest first, counted', async () => {
    const answer = await ask('events { about { kind name } reason count lastSeenAt }')
    expect(answer.data.application.events).toEqual([
      {
        about: { kind: 'Pod', name: 'web-1' },
        reason: 'BackOff',
        count: 3,
        lastSeenAt: '2026-01-01T00:01:00Z',
      },
    ])
  })

  it('A-01 masks every value of a Secret in manifests, diff and live object, also what the owner forgot', async () => {
    const key = '{ group: "", kind: "Secret", namespace: "shop", name: "db" }'
    const answer =
      await ask(`manifests(source: LIVE) diff(predict: true) { live target predicted differences { path live } }
      live(key: ${key}) resourceTree { nodes { name } } events { message }`)
    expect(answer.errors).toEqual([])
    expect(answer.data.application.manifests).toHaveLength(1)
    expect(answer.text).not.toContain('canary-secret-value')
  })

  it('tells a sync in advance, with what holds it [1.4 Dry run]', async () => {
    const fields = 'objects { kind name outcome } blocks { kind reason } dangers'
    const preview = async () => {
      const answer = await ask(`syncPreview(wish: { prune: true }) { ${fields} }`)
      expect(answer.errors).toEqual([])
      return answer.data.application.syncPreview
    }
    expect(await preview()).toEqual({
      objects: [{ kind: 'Namespace', name: 'old', outcome: 'PRUNED' }],
      blocks: [],
      dangers: ['Namespace "old" is deleted, with everything in it.'],
    })
    const started = await gateway.ask(
      'mutation { syncApplication(input: { name: "shop" }) { operation { id } userErrors { message } } }',
      { token },
    )
    expect(started.data.syncApplication.userErrors).toEqual([])
    const reason = expect.stringContaining('Wait for it, or terminate it.')
    expect((await preview()).blocks).toEqual([{ kind: 'OPERATION', reason }])
  })

  it('says what to do about a revision that was never rendered', async () => {
    const answer = await ask('manifests(revision: "abc")')
    expect(answer.errors[0]?.message).toContain('neither declared now nor in the history')
  })
})

describe('logs and resourceTreeChanged', () => {
  const LOGS =
    'subscription($input: LogsInput!) { logs(input: $input) { lines { pod text } userErrors { message } } }'
  const TREE =
    'subscription($input: ApplicationNameInput!) { resourceTreeChanged(input: $input) { sequence nodes { name } } }'

  it('streams lines and completes with the log [1.6 Logs]', async () => {
    const client = await open(token)
    client.subscribe(LOGS, { input: { name: 'shop', tailLines: 1 } })
    await client.until('complete')
    expect(client.payloads('next')).toEqual([
      { data: { logs: { lines: [{ pod: 'web-1', text: 'two' }], userErrors: [] } } },
    ])
    client.close()
  })

  it('begins a tree with all of it', async () => {
    const client = await open(token)
    client.subscribe(TREE, { input: { name: 'shop' } })
    await client.until('next')
    const nodes = [{ name: 'web-1' }, { name: 'web' }]
    expect(client.payloads('next')).toEqual([{ data: { resourceTreeChanged: { sequence: 1, nodes } } }])
    client.close()
  })

  it('A-27 an application that does not exist is refused with its code', async () => {
    const client = await open(token)
    client.subscribe(LOGS, { input: { name: 'unknown' } })
    await client.until('error')
    expect(JSON.stringify(client.payloads('error'))).toContain('NOT_FOUND')
    client.close()
  })

  it('a session that ends takes its streams along within five seconds', async () => {
    const session = await logIn()
    const client = await open(session)
    client.subscribe(LOGS, { input: { name: 'shop', follow: true } })
    await client.until('next')
    await gateway.ask('mutation { logout { userErrors { message } } }', { token: session })
    const begun = performance.now()
    await client.closed
    expect(performance.now() - begun).toBeLessThan(5_000)
  })
})

async function logIn(): Promise<string> {
  const input = { username: 'admin', password: 'canary-admin-password', bearer: true }
  const answer = await gateway.ask(
    'mutation($input: LoginInput!) { login(input: $input) { token userErrors { message } } }',
    { variables: { input } },
  )
  return answer.data.login.token
}

/** A client of graphql-transport-ws, as small as it can be. */
async function open(bearer: string) {
  const socket = new WebSocket(`${gateway.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws')
  const seen: { readonly type: string; readonly payload: unknown }[] = []
  let wake: () => void = () => undefined
  socket.addEventListener('message', (event) => {
    seen.push(JSON.parse(String(event.data)))
    wake()
  })
  const closed = new Promise((resolve) => socket.addEventListener('close', resolve))
  const until = async (type: string): Promise<void> => {
    while (!seen.some((message) => message.type === type))
      await new Promise<void>((resolve) => (wake = resolve))
  }
  await new Promise((resolve) => socket.addEventListener('open', resolve))
  socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${bearer}` } }))
  await until('connection_ack')
  return {
    until,
    closed,
    payloads: (type: string) => seen.filter((message) => message.type === type).map(({ payload }) => payload),
    subscribe: (query: string, variables: object) =>
      socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query, variables } })),
    close: () => socket.close(),
  }
}
