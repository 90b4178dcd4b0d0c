import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { aRecord, aStatus } from '../../../src/store/contract-fixtures.js'
import { openFixture, type Fixture } from './gateway-fixture.js'
import { declare, openSocket } from './graphql-socket.js'

let gateway: Fixture
let token: string

beforeAll(async () => {
  gateway = await openFixture()
  token = await gateway.signIn()
})
afterAll(() => gateway.close())

const QUERY =
  'subscription($names: [String!]) { applicationChanged(filter: { names: $names }) { kind application { name sync } } }'

describe('applicationChanged', () => {
  it('delivers changes of the applications asked for', async () => {
    const shop = await create('shop')
    const other = await create('other')
    const client = await openSocket(gateway.url, { authorization: `Bearer ${token}` })
    client.subscribe(QUERY, { names: ['shop'] })
    await pause(200)
    await gateway.eventBus.publish({ topic: 'application', applicationIds: [other, shop], sequence: 1 })
    const message = await client.next('next')
    expect(message.payload.data.applicationChanged).toEqual({
      kind: 'CHANGED',
      application: { name: 'shop', sync: 'UNKNOWN' },
    })
    client.close()
  })

  it('tells when only freshness changed, though no status was written', async () => {
    const id = await create('aging')
    const { heartbeats, clusters, repositories, applications } = gateway.stores
    const [cluster] = await clusters.list()
    const clusterId = cluster?.id ?? ''
    const connection = { status: 'Successful', message: '' } as const
    const repository = { id: 'aged', url: 'https://git.test/x', normalizedUrl: 'https://git.test/x' }
    const createdAt = new Date().toISOString()
    const facts = { hasPassword: false, insecureTls: false, connection, createdAt }
    await repositories.create({ ...repository, ...facts }, undefined, aRecord('seed'))
    await repositories.saveHeads('aged', { refs: new Map([['HEAD', 'c1']]), checkedAt: createdAt })
    await heartbeats.begin(clusterId)
    await applications.saveStatuses([aStatus(id, { sync: 'Synced' })])
    await heartbeats.beat({ clusterId, ageMs: 0, blindKinds: {} })
    const query = '{ application(name: "aging") { sync staleReason } }'
    const before = await gateway.ask(query, { token })
    expect(before.data.application).toEqual({ sync: 'SYNCED', staleReason: null })
    const client = await openSocket(gateway.url, { authorization: `Bearer ${token}` })
    const fields = 'applicationChanged(filter: { names: ["aging"] }) { application { sync staleReason } }'
    client.subscribe(`subscription { ${fields} }`, {})
    await pause(300)
    await heartbeats.begin(clusterId)
    const message = await client.next('next')
    expect(message.payload.data.applicationChanged.application).toEqual({
      sync: 'UNKNOWN',
      staleReason: 'Not compared yet since observation of the cluster began',
    })
    client.close()
  })

  it('ends when the session ended, without delivering', async () => {
    const id = await create('late')
    const session = await logIn()
    const client = await openSocket(gateway.url, { authorization: `Bearer ${session}` })
    client.subscribe(QUERY, {})
    await pause(200)
    await gateway.ask('mutation { logout { userErrors { message } } }', { token: session })
    await gateway.eventBus.publish({ topic: 'application', applicationIds: [id], sequence: 2 })
    // Whatever comes first: the event, or the look for sessions that ended.
    await Promise.race([client.next('complete'), client.closed])
    expect(client.seen.some((message) => message.type === 'next')).toBe(false)
    client.close()
  })

  it('E-13 tells a subscriber that it is gone, and nothing of it, once he may no longer see it', async () => {
    const id = await create('taken')
    const seer = await signedInAs('sam', 'p, sam, applications, get, default/taken, allow')
    const client = await openSocket(gateway.url, { authorization: `Bearer ${seer}` })
    client.subscribe(QUERY, { names: ['taken'] })
    await pause(200)
    const publish = (sequence: number): Promise<void> =>
      gateway.eventBus.publish({ topic: 'application', applicationIds: [id], sequence })
    await publish(7)
    expect((await client.next('next')).payload.data.applicationChanged.application.name).toBe('taken')
    await updatePolicy('p, sam, applications, get, default/other, allow')
    await pause(3_200)
    client.seen.length = 0
    await publish(8)
    expect((await client.next('next')).payload.data.applicationChanged).toEqual({
      kind: 'DELETED',
      application: null,
    })
    await publish(9)
    await pause(400)
    expect(client.seen.filter(({ type }) => type === 'next')).toHaveLength(1)
    client.close()
  })

  it('E-11 refuses anonymous subscribers, wrong tokens and documents over the limits', async () => {
    const anonymous = await openSocket(gateway.url, {})
    anonymous.subscribe(QUERY, {})
    expect((await anonymous.next('error')).payload[0].message).toBe('Sign in first.')
    anonymous.close()
    await expect(openSocket(gateway.url, { authorization: 'Bearer lss_wrong' })).rejects.toThrow('refused')
    const known = await openSocket(gateway.url, { authorization: `Bearer ${token}` })
    known.subscribe('subscription { applicationChanged { nothing } }', {})
    expect((await known.next('error')).payload[0].message).toContain('Cannot query field')
    known.close()
  })

  it('E-12 refuses a foreign origin', async () => {
    const status = await rawUpgrade('/graphql', 'Origin: https://evil.test\r\n')
    expect(status).toContain('403')
    expect(await rawUpgrade('/elsewhere', '')).toContain('404')
  })

  it('E-12 ends a connection that sends more than a document', async () => {
    const client = await openSocket(gateway.url, { authorization: `Bearer ${token}` })
    client.subscribe(QUERY, { names: ['x'.repeat(150_000)] })
    expect(await client.closed).toBe(1009)
  })

  it('survives clients that reset the connection in the middle of an upgrade', async () => {
    for (let round = 0; round < 20; round += 1) {
      await new Promise<void>((resolve) => {
        const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1', () => {
          socket.write(upgradeRequest(round % 2 === 0 ? '/graphql' : '/nothing', ''))
          socket.resetAndDestroy()
        })
        socket.on('close', () => resolve())
        socket.on('error', () => undefined)
      })
    }
    await pause(100)
    expect((await fetch(`${gateway.url}/livez`)).status).toBe(200)
  })
})

function create(name: string): Promise<string> {
  return declare(gateway, token, { name })
}

async function updatePolicy(csv: string): Promise<void> {
  await gateway.ask(
    'mutation($csv: String) { updatePolicy(input: { csv: $csv }) { userErrors { message } } }',
    {
      token,
      variables: { csv },
    },
  )
}

/** An account with a token, under a policy of this line alone. */
async function signedInAs(name: string, line: string): Promise<string> {
  await updatePolicy(line)
  const account = `createAccount(input: { name: "${name}", capabilities: [API_KEY] }) { userErrors { message } }`
  await gateway.ask(`mutation { ${account} }`, { token })
  const made = await gateway.ask(`mutation { createApiToken(input: { account: "${name}" }) { token } }`, {
    token,
  })
  return made.data.createApiToken.token
}

async function logIn(): Promise<string> {
  const answer = await gateway.ask(
    'mutation { login(input: { username: "admin", password: "canary-admin-password", bearer: true }) { token } }',
  )
  return answer.data.login.token
}

function upgradeRequest(path: string, headers: string): string {
  return (
    `GET ${path} HTTP/1.1\r\nHost: lockstep.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
    `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n` +
    `Sec-WebSocket-Protocol: graphql-transport-ws\r\n${headers}\r\n`
  )
}

function rawUpgrade(path: string, headers: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1', () => {
      socket.write(upgradeRequest(path, headers))
    })
    socket.once('data', (chunk) => {
      resolve(chunk.toString().split('\r\n', 1)[0] ?? '')
      socket.destroy()
    })
    socket.on('error', reject)
  })
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}
