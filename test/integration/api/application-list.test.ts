import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CLUSTER_SERVER, openFixture, type Fixture } from './gateway-fixture.js'

let gateway: Fixture
let token: string

beforeAll(async () => {
  gateway = await openFixture()
  token = await gateway.signIn()
  for (const name of ['alpha', 'beta', 'gamma']) await create(name)
})
afterAll(() => gateway.close())

async function create(name: string): Promise<void> {
  const spec = {
    project: 'default',
    source: { repoURL: 'https://git.test/shop', path: name },
    destination: { server: CLUSTER_SERVER, namespace: name },
    ...(name === 'beta' && { syncPolicy: { automated: {} } }),
  }
  const { data } = await gateway.ask(
    'mutation($input: CreateApplicationInput!) { createApplication(input: $input) { userErrors { message } } }',
    { token, variables: { input: { name, spec, labels: { first: name.charAt(0) } } } },
  )
  expect(data.createApplication.userErrors).toEqual([])
}

const list = (args: string, fields = 'nodes { name }') =>
  gateway.ask(`{ applications(${args}) { ${fields} } }`, { token })

async function names(args: string): Promise<readonly string[]> {
  const { data } = await list(args)
  return data.applications.nodes.map((node: { readonly name: string }) => node.name)
}

describe('applications', () => {
  it('answers filters, alone and together', async () => {
    expect(await names('filter: { selector: "first in (a, g)" }')).toEqual(['alpha', 'gamma'])
    expect(await names('filter: { cluster: "one", autoSync: true }')).toEqual(['beta'])
    expect(await names('filter: { namespace: "gamma", repository: "https://GIT.test/shop.git" }')).toEqual([
      'gamma',
    ])
    expect(await names('filter: { text: "SHOP", sync: UNKNOWN, appNamespace: "argocd" }')).toHaveLength(3)
    expect(await names('filter: { operationPhase: RUNNING }')).toEqual([])
  })

  it('orders and pages, and refuses a cursor of another order', async () => {
    const fields = 'nodes { name } edges { cursor } pageInfo { endCursor hasNextPage }'
    const order = 'orderBy: { field: CREATED_AT, descending: true }'
    const first = (await list(`first: 2, ${order}`, fields)).data.applications
    expect(first.pageInfo).toEqual({ endCursor: first.edges[1].cursor, hasNextPage: true })
    const { endCursor } = first.pageInfo
    const second = (await list(`first: 2, ${order}, after: "${endCursor}"`, fields)).data.applications
    expect(second.pageInfo.hasNextPage).toBe(false)
    const all = [...first.nodes, ...second.nodes].map((node: { readonly name: string }) => node.name)
    expect(all).toEqual(['gamma', 'beta', 'alpha'])
    for (const other of ['', 'orderBy: { field: HEALTH },']) {
      const { errors } = await list(`${other} after: "${endCursor}"`)
      expect(errors[0]?.extensions.code).toBe('BAD_USER_INPUT')
    }
  })

  it('refuses what is no selector, and filters that are too long', async () => {
    const selector = await list('filter: { selector: "a>b" }')
    expect(selector.errors[0]?.extensions.code).toBe('BAD_USER_INPUT')
    expect(selector.errors[0]?.message).toContain('a>b')
    const long = await list(`filter: { text: "${'x'.repeat(501)}" }`)
    expect(long.errors[0]?.extensions.code).toBe('BAD_USER_INPUT')
  })

  it('counts what fits, and only when asked', async () => {
    const fields = 'nodes { name } totalCount facets { sync { value count } autoSync { value count } }'
    const { applications } = (await list('first: 1, filter: { text: "a" }', fields)).data
    expect(applications.nodes).toHaveLength(1)
    expect(applications.totalCount).toBe(3)
    expect(applications.facets).toEqual({
      sync: [{ value: 'Unknown', count: 3 }],
      autoSync: [
        { value: 'false', count: 2 },
        { value: 'true', count: 1 },
      ],
    })
  })
})
