import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openFixture, type Answer, type Fixture } from '../integration/api/gateway-fixture.js'

let gateway: Fixture
let admin: string

beforeAll(async () => {
  gateway = await openFixture()
  admin = await gateway.signIn()
})
afterAll(() => gateway.close())

describe('inputs', () => {
  const OPERATORS = [{ not: '' }, { contains: 'a' }, { startsWith: '' }, ['admin'], 7, true]

  it('G-01 an object, a list or a number where a text is due is refused before anything is looked for', async () => {
    const ask = (query: string, variables: object): Promise<Answer> =>
      gateway.ask(query, { token: admin, variables: { ...variables } })
    for (const bad of OPERATORS)
      for (const [query, variables] of [
        [
          'mutation($input: LoginInput!) { login(input: $input) { token } }',
          { input: { username: bad, password: 'x' } },
        ],
        [
          'mutation($input: LoginInput!) { login(input: $input) { token } }',
          { input: { username: 'admin', password: bad } },
        ],
        [
          'mutation($input: CompleteSetupInput!) { completeSetup(input: $input) { token } }',
          { input: { token: bad, password: 'x' } },
        ],
        ['query($name: String!) { account(name: $name) { name } }', { name: bad }],
        ['query($name: String!) { project(name: $name) { name } }', { name: bad }],
        [
          'query($text: String) { applications(first: 1, filter: { text: $text }) { nodes { name } } }',
          { text: bad },
        ],
        [
          'query($after: String) { applications(first: 1, after: $after) { nodes { name } } }',
          { after: bad },
        ],
      ] as const) {
        const answer = await ask(query, variables)
        expect(answer.errors[0]?.extensions.code, `${query} ${JSON.stringify(bad)}`).toBe('BAD_USER_INPUT')
        expect(answer.data ?? null).toBeNull()
      }
  })

  it('G-05 pages are of 1 to 100, and a cursor that was made up shows nothing that is hidden', async () => {
    const page = (first: number, after?: string): Promise<Answer> =>
      gateway.ask(
        'query($first: Int!, $after: String) { applications(first: $first, after: $after) { nodes { name } } }',
        {
          token: admin,
          variables: { first, after: after ?? null },
        },
      )
    for (const first of [0, -1, 101, 1e9])
      expect((await page(first)).errors[0]?.extensions.code, String(first)).toMatch(
        /BAD_USER_INPUT|QUERY_TOO_COMPLEX/,
      )
    for (const key of ['nonsense', '[]', '[1]', '{"a":1}', '["a"]', '["a","b","c","d","e"]', '[["a"],"b"]'])
      expect((await page(1, Buffer.from(key).toString('base64url'))).errors[0]?.extensions.code, key).toBe(
        'BAD_USER_INPUT',
      )
  })
})

describe('many at once', () => {
  it('E-34 2,000 interleaved requests of three people: each gets its own answer and no other', async () => {
    const ask = (mutation: string, input: object): Promise<Answer> =>
      gateway.ask(
        `mutation($input: ${mutation[0]?.toUpperCase()}${mutation.slice(1)}Input!) { ${mutation}(input: $input) { ${mutation === 'createApiToken' ? 'token' : ''} userErrors { message } } }`,
        {
          token: admin,
          variables: { input },
        },
      )
    const people = ['ada', 'ben', 'cleo']
    const tokens = new Map<string, string>()
    for (const name of people) {
      await ask('createAccount', { name, capabilities: ['API_KEY'] })
      tokens.set(name, (await ask('createApiToken', { account: name })).data.createApiToken.token)
      await ask('createProject', {
        name,
        spec: { sourceRepos: ['*'], destinations: [{ server: '*', namespace: '*' }] },
      })
    }
    await ask('updatePolicy', {
      csv: people.flatMap((name) => [`p, ${name}, projects, get, ${name}, allow`]).join('\n'),
    })
    const query = '{ viewer { username } projects { name } account(name: "NAME") { name tokens { name } } }'
    const wrong: string[] = []
    for (let batch = 0; batch < 20; batch += 1)
      await Promise.all(
        Array.from({ length: 100 }, async (_, at) => {
          const name = people[(batch + at) % people.length] ?? ''
          const answer = await gateway.ask(query.replace('NAME', name), { token: tokens.get(name) ?? '' })
          const { viewer, projects, account } = answer.data
          if (
            viewer.username !== name ||
            account.name !== name ||
            projects.length !== 1 ||
            projects[0].name !== name
          )
            wrong.push(`${name}: ${answer.text}`)
        }),
      )
    expect(wrong).toEqual([])
  })
})
