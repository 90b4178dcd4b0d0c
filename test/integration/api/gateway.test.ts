import { Query, Resolver } from '@nestjs/graphql'
import { Module } from '@nestjs/common'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CLUSTER_SERVER, openFixture, type Fixture } from './gateway-fixture.js'

let gateway: Fixture
let token: string

beforeAll(async () => {
  gateway = await openFixture()
  token = await gateway.signIn()
})
afterAll(() => gateway.close())

const SPEC = {
  project: 'default',
  source: { repoURL: 'https://git.test/shop', path: 'deploy' },
  destination: { server: CLUSTER_SERVER, namespace: 'shop' },
}
const CREATE = `mutation($input: CreateApplicationInput!) { createApplication(input: $input) {
  application { id name sync generation } userErrors { code message } } }`

describe('documents', () => {
  it('createGateway() refuses a document with two operations', async () => {
    const answer = await gateway.ask('query A { viewer { username } } query B { clusters { name } }', {
      token,
    })
    expect(answer.status).toBe(400)
    expect(answer.errors[0]?.extensions.code).toBe('QUERY_TOO_COMPLEX')
  })

  it('E-08 createGateway() refuses GET and other methods', async () => {
    const get = await fetch(`${gateway.url}/graphql?query=%7Bviewer%7Busername%7D%7D`)
    expect(get.status).toBe(405)
    expect((await fetch(`${gateway.url}/graphql`, { method: 'PUT' })).status).toBeGreaterThanOrEqual(404)
  })

  it('E-01 createGateway() refuses what is deeper than ten levels, fragments counted', async () => {
    const deep = `query { applications { nodes { ...F } } }
      fragment F on Application { operation { results { name } } resources { health { status } } }`
    expect((await gateway.ask(deep, { token })).errors).toEqual([])
    const nested = `{ a: applications ${'{ nodes '.repeat(12)}{ id }${' }'.repeat(12)} }`
    const answer = await gateway.ask(nested, { token })
    expect(answer.status).toBe(400)
  })

  it('E-04 createGateway() refuses more than 5,000 tokens and more than 100 KiB', async () => {
    expect((await gateway.ask(`{ ${'viewer { username } '.repeat(2000)} }`, { token })).status).toBe(400)
    const long = await gateway.ask(`# ${'x'.repeat(110_000)}\n{ viewer { username } }`, { token })
    expect(long.errors[0]?.extensions.code).toBe('QUERY_TOO_COMPLEX')
  })

  it('E-02 createGateway() counts objects with the variables of each request, also once compiled', async () => {
    const query = `query($n: Int!) { applications(first: $n) { nodes { resources { name } history(first: 10) { id } } } }`
    for (let round = 0; round < 5; round += 1) {
      expect((await gateway.ask(query, { token, variables: { n: 5 } })).errors).toEqual([])
    }
    const answer = await gateway.ask(query, { token, variables: { n: 100 } })
    expect(answer.errors[0]?.extensions.code).toBe('QUERY_TOO_COMPLEX')
  })

  it('E-02 createGateway() counts aliases', async () => {
    const aliases = Array.from({ length: 30 }, (_, i) => `a${i}: applications(first: 100) { nodes { name } }`)
    const answer = await gateway.ask(`{ ${aliases.join(' ')} }`, { token })
    expect(answer.errors[0]?.extensions.code).toBe('QUERY_TOO_COMPLEX')
  })

  it('E-03 createGateway() refuses batches', async () => {
    const response = await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify([{ query: '{ viewer { username } }' }, { query: '{ viewer { username } }' }]),
    })
    expect(response.status).toBe(400)
  })

  it('E-06 createGateway() does not suggest names of fields', async () => {
    const answer = await gateway.ask('{ applicatons { nodes { name } } }', { token })
    expect(answer.text).not.toMatch(/did you mean/i)
  })
})

describe('access', () => {
  it('E-06 createGateway() answers nothing to anonymous callers', async () => {
    const fields = [
      'applications { nodes { name } }',
      'clusters { name }',
      'repositories { url }',
      'projects { name }',
    ]
    for (const field of fields) {
      const answer = await gateway.ask(`{ ${field} }`)
      expect(answer.errors[0]?.extensions.code, field).toBe('UNAUTHENTICATED')
      expect(answer.data, field).toBeNull()
    }
    expect((await gateway.ask('{ viewer { username } }')).data.viewer).toBeNull()
    expect((await gateway.ask('{ __schema { types { name } } }')).errors[0]?.extensions.code).toBe(
      'UNAUTHENTICATED',
    )
    expect((await gateway.ask('{ __schema { types { name } } }', { token })).errors).toEqual([])
  })

  it('createGateway() does not start with a field that has no permission', async () => {
    @Resolver()
    class PlantedResolver {
      @Query(() => String)
      planted(): string {
        return 'open to everybody'
      }
    }
    @Module({ providers: [PlantedResolver] })
    class PlantedModule {}
    await expect(openFixture({ modules: [PlantedModule] })).rejects.toThrow('Query.planted')
  })

  it('createGateway() answers 404 for unknown paths and 401 for routes that are not public', async () => {
    expect((await fetch(`${gateway.url}/nothing`)).status).toBe(404)
    for (const path of ['/livez', '/readyz', '/healthz', '/api/version']) {
      expect((await fetch(`${gateway.url}${path}`)).status, path).toBe(200)
    }
  })
})

describe('applications', () => {
  it('createApplication creates once, repeats quietly, refuses another spec', async () => {
    const first = await gateway.ask(CREATE, { token, variables: { input: { name: 'shop', spec: SPEC } } })
    expect(first.data.createApplication).toMatchObject({
      application: { name: 'shop', sync: 'UNKNOWN' },
      userErrors: [],
    })
    const again = await gateway.ask(CREATE, { token, variables: { input: { name: 'shop', spec: SPEC } } })
    expect(again.data.createApplication.application.id).toBe(first.data.createApplication.application.id)
    const other = { ...SPEC, destination: { ...SPEC.destination, namespace: 'other' } }
    const refused = await gateway.ask(CREATE, { token, variables: { input: { name: 'shop', spec: other } } })
    expect(refused.data.createApplication.userErrors[0].code).toBe('CONFLICT')
    const upsert = await gateway.ask(CREATE, {
      token,
      variables: { input: { name: 'shop', spec: other, upsert: true } },
    })
    expect(upsert.data.createApplication.application.generation).toBe(2)
  })

  it('createApplication names every fault of a spec', async () => {
    const input = { name: 'broken', spec: { project: 'default', sorce: {}, destination: { server: 7 } } }
    const answer = await gateway.ask(CREATE, { token, variables: { input } })
    const [fault] = answer.data.createApplication.userErrors
    expect(fault.code).toBe('BAD_USER_INPUT')
    expect(fault.message).toContain('sorce')
    expect(fault.message).toContain('spec.destination.server')
  })

  it('syncApplication starts one operation per key and one per application', async () => {
    const sync = (key: string) =>
      gateway.ask(
        'mutation($k: String) { syncApplication(input: { name: "shop", idempotencyKey: $k }) { operation { id phase } userErrors { code } } }',
        { token, variables: { k: key } },
      )
    const first = (await sync('a')).data.syncApplication
    expect(first.operation.phase).toBe('RUNNING')
    expect((await sync('a')).data.syncApplication.operation.id).toBe(first.operation.id)
    expect((await sync('b')).data.syncApplication.userErrors[0].code).toBe('CONFLICT')
    const read = await gateway.ask('query($id: ID!) { operation(id: $id) { phase kind } }', {
      token,
      variables: { id: first.operation.id },
    })
    expect(read.data.operation).toEqual({ phase: 'RUNNING', kind: 'SYNC' })
  })

  it('applications pages by cursor without losing or repeating', async () => {
    for (const name of ['b-1', 'b-2', 'b-3', 'b-4', 'b-5']) {
      await gateway.ask(CREATE, { token, variables: { input: { name, spec: SPEC } } })
    }
    const names: string[] = []
    let after: string | null = null
    do {
      const page = await gateway.ask(
        'query($after: String) { applications(first: 2, after: $after, filter: { text: "b-" }) { nodes { name } pageInfo { hasNextPage endCursor } } }',
        { token, variables: { after } },
      )
      names.push(...page.data.applications.nodes.map((node: { name: string }) => node.name))
      after = page.data.applications.pageInfo.hasNextPage ? page.data.applications.pageInfo.endCursor : null
    } while (after !== null)
    expect(names).toEqual(['b-1', 'b-2', 'b-3', 'b-4', 'b-5'])
  })

  it('every mutation leaves an audit event', async () => {
    const events = await gateway.stores.audit.list(100)
    const actions = new Set(events.map((event) => event.action))
    for (const action of [
      'set-password',
      'log-in',
      'create-application',
      'update-application',
      'sync-application',
    ]) {
      expect(actions, action).toContain(action)
    }
  })
})
