import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { aRecord } from '../../../src/store/contract-fixtures.js'
import { openFixture, type Fixture } from './gateway-fixture.js'
import { declare, openSocket, type Message } from './graphql-socket.js'

let gateway: Fixture
let token: string

beforeAll(async () => {
  gateway = await openFixture()
  token = await gateway.signIn()
})
afterAll(() => gateway.close())

function create(name: string, labels: Readonly<Record<string, string>> = {}): Promise<string> {
  return declare(gateway, token, { name, labels })
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}

describe('applicationChanged with a selector', () => {
  const query = `subscription($selector: String) { applicationChanged(filter: { selector: $selector }) {
    kind id application { name } } }`

  it('delivers what fits it, and takes back what fits no more', async () => {
    const [inside, outside] = [
      await create('in-team', { team: 'a' }),
      await create('out-of-team', { team: 'b' }),
    ]
    const client = await openSocket(gateway.url, { authorization: `Bearer ${token}` })
    client.subscribe(query, { selector: 'team in (a, c)' })
    await pause(200)
    const tell = () =>
      gateway.eventBus.publish({ topic: 'application', applicationIds: [outside, inside], sequence: 11 })
    await tell()
    const { payload } = await client.next('next')
    expect(payload.data.applicationChanged).toMatchObject({
      kind: 'CHANGED',
      application: { name: 'in-team' },
    })
    await gateway.ask(
      'mutation { updateApplication(input: { name: "in-team", labels: { team: "b" } }) { userErrors { message } } }',
      { token },
    )
    await tell()
    await vi.waitFor(() => expect(events(client)).toHaveLength(2), { timeout: 5_000 })
    const { id } = payload.data.applicationChanged
    expect(events(client)[1]).toEqual({ kind: 'DELETED', id, application: null })
    client.close()
  })

  it('is refused when it is none', async () => {
    const client = await openSocket(gateway.url, { authorization: `Bearer ${token}` })
    client.subscribe(query, { selector: 'team in a' })
    const [error] = (await client.next('error')).payload
    expect(error).toMatchObject({ extensions: { code: 'BAD_USER_INPUT' } })
    client.close()
  })
})

describe('applicationChanged after a broken connection', () => {
  const query = `subscription($since: Float) { applicationChanged(since: $since) { kind sequence application { name } } }`
  const subscribe = async (since?: number) => {
    const client = await openSocket(gateway.url, { authorization: `Bearer ${token}` })
    client.subscribe(query, { since })
    await pause(200)
    return client
  }
  const tell = (id: string, sequence?: number) => {
    const event = { topic: 'application' as const, applicationIds: [id] }
    return gateway.eventBus.publish({ ...event, ...(sequence !== undefined && { sequence }) })
  }

  it('goes on after the last sequence that was told', async () => {
    const [before, away, late] = [await create('before'), await create('away'), await create('late-one')]
    const first = await subscribe()
    // Another gateway hears what this one heard a moment later: it must have listened by then.
    await pause(1_100)
    await tell(before, 501)
    const told = (await first.next('next')).payload.data.applicationChanged
    expect(told).toEqual({ kind: 'CHANGED', sequence: 501, application: { name: 'before' } })
    first.close()
    await first.closed
    await tell(away, 502)
    await tell(late, 500)
    const second = await subscribe(told.sequence)
    const names = (): unknown[] => events(second).map(({ application }) => application?.name)
    await vi.waitFor(() => expect(names()).toEqual(expect.arrayContaining(['away', 'late-one'])))
    expect(events(second).map(({ kind }) => kind)).not.toContain('START_ANEW')
    expect(events(second).at(-1)?.sequence).toBe(500)
    second.close()
  })

  it('says to start anew when what was missed is not known, and goes on from there', async () => {
    const id = await create('anew')
    const client = await subscribe(7_777)
    expect((await client.next('next')).payload.data.applicationChanged).toMatchObject({ kind: 'START_ANEW' })
    await tell(id, 601)
    await vi.waitFor(() => expect(events(client).at(-1)?.application?.name).toBe('anew'), { timeout: 5_000 })
    client.close()
  })

  it('says to start anew when an application went meanwhile: it may be one that was seen', async () => {
    const [kept, gone] = [await create('kept'), await create('gone')]
    await tell(kept, 701)
    await pause(1_100)
    await tell(kept, 702)
    const { applications } = gateway.stores
    await applications.remove(gone, aRecord('remove'))
    await tell(gone)
    const client = await subscribe(702)
    await vi.waitFor(() => expect(events(client).map(({ kind }) => kind)).toContain('START_ANEW'))
    client.close()
  })
})

describe('operationProgress', () => {
  const query = `subscription($input: OperationProgressInput!) {
    operationProgress(input: $input) { id phase message steps { kind } } }`

  it('tells the operation as it is, each change, and completes with it', async () => {
    await create('worked-on')
    const started = await gateway.ask(
      'mutation { syncApplication(input: { name: "worked-on" }) { operation { id } userErrors { message } } }',
      { token },
    )
    const client = await openSocket(gateway.url, { authorization: `Bearer ${token}` })
    client.subscribe(query, { input: { name: 'worked-on', id: started.data.syncApplication.operation.id } })
    const { payload } = await client.next('next')
    expect(payload.data.operationProgress).toMatchObject({ phase: 'RUNNING', steps: [] })
    const { operations, applications } = gateway.stores
    const id = (await applications.byName('argocd', 'worked-on'))?.id ?? ''
    const operation = await operations.active(id)
    if (operation === undefined) throw new Error('Nothing runs')
    const finishedAt = new Date().toISOString()
    await operations.finish(
      { ...operation, phase: 'Succeeded', message: 'done', finishedAt },
      aRecord('finish'),
    )
    await gateway.eventBus.publish({ topic: 'operation', operationIds: [operation.id] })
    await client.next('complete')
    const last = client.seen.filter(({ type }) => type === 'next').at(-1)
    expect(last?.payload.data.operationProgress).toMatchObject({ phase: 'SUCCEEDED', message: 'done' })
    client.close()
  })

  it('A-27 refuses what is not there with its code', async () => {
    const client = await openSocket(gateway.url, { authorization: `Bearer ${token}` })
    client.subscribe(query, { input: { name: 'unknown' } })
    expect((await client.next('error')).payload[0].extensions.code).toBe('NOT_FOUND')
    client.close()
  })
})

interface ChangeSeen {
  readonly kind: string
  readonly id?: string
  readonly sequence?: number | null
  readonly application?: { readonly name: string } | null
}

function events(client: { readonly seen: readonly Message[] }): readonly ChangeSeen[] {
  return client.seen
    .filter(({ type }) => type === 'next')
    .map(({ payload }) => payload.data.applicationChanged as ChangeSeen)
}
