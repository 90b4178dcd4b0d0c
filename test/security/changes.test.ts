import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CLUSTER_SERVER, openFixture, type Answer, type Fixture } from '../integration/api/gateway-fixture.js'

let gateway: Fixture
let token: string

beforeAll(async () => {
  gateway = await openFixture()
  token = await gateway.signIn()
  for (const name of ['shop', 'mail']) await change('createApplication', { name, spec: SPEC })
})
afterAll(() => gateway.close())

const SPEC = {
  project: 'default',
  source: { repoURL: 'https://git.test/shop', path: 'deploy' },
  destination: { server: CLUSTER_SERVER, namespace: 'shop' },
}

function change(field: string, input: object): Promise<Answer> {
  const type = `${field[0]?.toUpperCase()}${field.slice(1)}Input`
  const more = field.endsWith('Applications') ? 'outcomes { name operation { id } userError { code } }' : ''
  return gateway.ask(
    `mutation($input: ${type}!) { ${field}(input: $input) { ${more} userErrors { code message } } }`,
    { token, variables: { input } },
  )
}

async function audited(action: string): Promise<number> {
  return (await gateway.stores.audit.list(1000)).filter((event) => event.action === action).length
}

describe('changes of applications take nothing but what they name', () => {
  it.each([
    ['createApplication', { name: 'x', spec: SPEC, id: 'mine' }],
    ['createApplication', { name: 'x', spec: SPEC, createdAt: '2020-01-01T00:00:00Z' }],
    ['updateApplication', { name: 'shop', ownerId: 'me' }],
    ['patchApplication', { name: 'shop', type: 'MERGE', patch: {}, role: 'admin' }],
    ['deleteApplications', { choice: { names: [{ name: 'shop', projectId: 'x' }] } }],
    ['rollbackApplication', { name: 'shop', renderKeys: ['x'] }],
  ])('D-17 %s refuses an unknown field of its input', async (field, input) => {
    const answer = await change(field, input)
    expect(answer.errors).not.toEqual([])
    expect(answer.data?.[field] ?? undefined).toBeUndefined()
  })

  it.each([
    { spec: { ...SPEC, isAdmin: true } },
    { spec: { ...SPEC, status: { sync: 'Synced' } } },
    { spec: { ...SPEC, source: { ...SPEC.source, create: {} } } },
  ])('D-17 createApplication refuses an unknown field of the spec %#', async (wish) => {
    const answer = await change('createApplication', { name: 'x', ...wish })
    expect(answer.data.createApplication.userErrors[0]).toMatchObject({ code: 'BAD_USER_INPUT' })
    expect(await gateway.stores.applications.byName('argocd', 'x')).toBeUndefined()
  })

  it.each(['manifests', 'revision', 'revisions', 'source', 'sources', 'rollback'])(
    'A-37 a sync cannot bring its own %s',
    async (field) => {
      for (const mutation of ['syncApplication', 'syncApplications']) {
        const which =
          mutation === 'syncApplication' ? { name: 'shop' } : { choice: { names: [{ name: 'shop' }] } }
        expect((await change(mutation, { ...which, [field]: ['x'] })).errors).not.toEqual([])
      }
      expect(await audited('sync-application')).toBe(0)
    },
  )

  it('many by one request: refused without a choice, recorded once each, not done twice', async () => {
    for (const choice of [{}, { filter: {} }, { names: [], filter: { project: 'default' } }]) {
      const { userErrors } = (await change('syncApplications', { choice })).data.syncApplications
      expect(userErrors[0].code).toBe('BAD_USER_INPUT')
    }
    const input = { choice: { filter: { project: 'default' } }, idempotencyKey: 'once' }
    const first = (await change('syncApplications', input)).data.syncApplications.outcomes
    const again = (await change('syncApplications', input)).data.syncApplications.outcomes
    expect(first.map(({ name }: { name: string }) => name)).toEqual(['mail', 'shop'])
    expect(again).toEqual(first)
    expect(await audited('sync-application')).toBe(2)
    const stale = { choice: { filter: { project: 'default' }, expected: 3 } }
    const { userErrors } = (await change('deleteApplications', stale)).data.deleteApplications
    expect(userErrors[0].message).toContain('2 are chosen, not 3')
    expect(await audited('delete-application')).toBe(0)
  })
})
