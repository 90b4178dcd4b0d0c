import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openFixture, type Fixture } from '../../integration/api/gateway-fixture.js'
import { callOf } from './call-of.js'
import { GIVEN } from './given.js'
import { askAs } from './identities.js'
import { schemaAndRoots, type RootField } from './root-fields.js'
import { verdictOf } from './verdict.js'

/** They ask for no right, or for one that whoever signed in has of himself. */
const OF_EVERYBODY = ['Query.accounts', 'Query.canI', 'Query.viewer', 'Mutation.logout']

let gateway: Fixture
let roots: readonly RootField[]

beforeAll(async () => {
  gateway = await openFixture()
  const admin = await gateway.signIn()
  ;({ roots } = await schemaAndRoots())
  const ask = askAs(gateway, admin)
  const names = ['repositories', 'projects', 'clusters', 'logs', 'accounts']
  for (const name of names) await ask('createAccount', { name, capabilities: ['LOGIN', 'API_KEY'] })
  await ask('updatePolicy', { csv: names.map((name) => `p, ${name}, ${name}, get, *, allow`).join('\n') })
})
afterAll(() => gateway.close())

async function opened(resource: string): Promise<readonly string[]> {
  const login = await gateway.ask(
    'mutation { login(input: { username: "admin", password: "canary-admin-password", bearer: true }) { token } }',
  )
  const { token } = await askAs(gateway, login.data.login.token)('createApiToken', { account: resource })
  const passing: string[] = []
  for (const root of roots.filter(({ kind }) => kind !== 'subscription')) {
    const { document, variables } = callOf(
      root.kind,
      root.field,
      GIVEN[root.key]?.({ operation: 'none', round: 1 }) ?? {},
    )
    const answer = await gateway.ask(document, { token, variables })
    if (verdictOf(answer, root.field.name) === 'passes') passing.push(root.key)
  }
  return passing.filter((key) => !OF_EVERYBODY.includes(key)).sort()
}

describe('one right alone', () => {
  it.each([
    ['repositories', ['Query.credentialTemplates', 'Query.repositories', 'Query.repositoryConnection']],
    ['projects', ['Query.projectConnection', 'Query.projects']],
    ['clusters', ['Query.clusterConnection', 'Query.clusters', 'Query.writesPaused']],
    ['logs', []],
    ['accounts', []],
  ])('A-15 to read %s opens that and nothing that looks into a repository', async (resource, expected) => {
    expect(await opened(resource)).toEqual(expected)
  })
})
