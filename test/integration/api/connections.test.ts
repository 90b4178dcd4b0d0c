import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openFixture, type Fixture } from './gateway-fixture.js'

let gateway: Fixture
let token: string

beforeAll(async () => {
  gateway = await openFixture()
  token = await gateway.signIn()
  const names = ['delta', 'alpha', 'charlie', 'bravo']
  for (const name of names) {
    await change('createProject', 'CreateProjectInput', { name, spec: {} })
    await change('addRepository', 'AddRepositoryInput', { url: `https://git.test/${name}` })
  }
})
afterAll(() => gateway.close())

async function change(field: string, type: string, input: object): Promise<void> {
  const query = `mutation($input: ${type}!) { ${field}(input: $input) { userErrors { message } } }`
  const answer = await gateway.ask(query, { token, variables: { input } })
  expect(answer.data?.[field]?.userErrors).toEqual([])
}

async function page(field: string, shown: string, after?: string, as = token) {
  const query = `query($after: String) { ${field}(first: 2, after: $after) {
    nodes { ${shown} } edges { cursor node { id } } pageInfo { hasNextPage endCursor } } }`
  const answer = await gateway.ask(query, { token: as, variables: { after: after ?? null } })
  return answer.data[field]
}

async function walk(field: string, shown: string, as = token): Promise<readonly string[]> {
  const seen: string[] = []
  let after: string | undefined
  for (let more = true; more;) {
    const { nodes, edges, pageInfo } = await page(field, shown, after, as)
    seen.push(...nodes.map((node: Readonly<Record<string, string>>) => node[shown]))
    expect(edges.at(-1)?.cursor ?? null).toBe(pageInfo.endCursor)
    after = pageInfo.endCursor
    more = pageInfo.hasNextPage
  }
  return seen
}

describe('connections of projects, repositories and clusters', () => {
  it('are walked page by page, in order, each object once', async () => {
    expect(await walk('projectConnection', 'name')).toEqual(['alpha', 'bravo', 'charlie', 'default', 'delta'])
    expect(await walk('repositoryConnection', 'url')).toEqual(
      ['alpha', 'bravo', 'charlie', 'delta'].map((name) => `https://git.test/${name}`),
    )
    expect(await walk('clusterConnection', 'name')).toEqual(['one'])
  })

  it('go on where they were although that one is gone', async () => {
    const { pageInfo } = await page('projectConnection', 'name')
    await change('removeProject', 'RemoveProjectInput', { name: 'bravo' })
    const rest = await page('projectConnection', 'name', pageInfo.endCursor)
    expect(rest.nodes).toEqual([{ name: 'charlie' }, { name: 'default' }])
    await change('createProject', 'CreateProjectInput', { name: 'bravo', spec: {} })
  })

  it.each([
    ['first: 0', 'it must be from 1 to 100'],
    ['first: 101', 'it must be from 1 to 100'],
    ['first: 1, after: "nonsense"', 'is not one of ours'],
    ['first: 1, after: "WyJhIiwiYiJd"', 'is not one of this list'],
  ])('refuse %s', async (args, reason) => {
    const answer = await gateway.ask(`{ clusterConnection(${args}) { nodes { name } } }`, { token })
    expect(answer.errors[0]).toMatchObject({
      message: expect.stringContaining(reason) as unknown,
      extensions: { code: 'BAD_USER_INPUT' },
    })
  })
})

describe('viewerCan', () => {
  it('says for each object what the viewer may, and why not; pages hold only what he sees', async () => {
    const csv = [
      'p, role:looker, projects, get, alpha, allow',
      'p, role:looker, projects, update, alpha, allow',
      'p, role:looker, repositories, get, https://git.test/bravo, allow',
      'p, role:looker, repositories, delete, https://git.test/bravo, allow',
      'g, looker, role:looker',
    ].join('\n')
    await change('createAccount', 'CreateAccountInput', { name: 'looker', capabilities: ['API_KEY'] })
    await change('updatePolicy', 'UpdatePolicyInput', { csv })
    const made = await gateway.ask(
      'mutation { createApiToken(input: { account: "looker", name: "t" }) { token userErrors { message } } }',
      { token },
    )
    const looker = made.data.createApiToken.token
    expect(await walk('projectConnection', 'name', looker)).toEqual(['alpha'])
    expect(await walk('repositoryConnection', 'url', looker)).toEqual(['https://git.test/bravo'])
    const can = 'viewerCan { update delete refusals { action reason } }'
    const answer = await gateway.ask(
      `{ projects { ${can} } repositories { ${can} } project(name: "alpha") { ${can} } }`,
      { token: looker },
    )
    const noDelete = [{ action: 'delete', reason: expect.stringContaining('no policy allows "looker"') }]
    const onProject = { update: true, delete: false, refusals: noDelete }
    expect(answer.data.projects).toEqual([{ viewerCan: onProject }])
    expect(answer.data.project).toEqual({ viewerCan: onProject })
    expect(answer.data.repositories).toMatchObject([{ viewerCan: { update: false, delete: true } }])
    const admin = await gateway.ask(`{ clusters { ${can} } credentialTemplates { ${can} } }`, { token })
    expect(admin.data.clusters).toEqual([{ viewerCan: { update: true, delete: true, refusals: [] } }])
  })
})
