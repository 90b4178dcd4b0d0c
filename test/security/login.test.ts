import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openFixture, PASSWORD, type Fixture } from '../integration/api/gateway-fixture.js'

let gateway: Fixture

beforeAll(async () => {
  gateway = await openFixture()
})
afterAll(() => gateway.close())

const LOGIN = `mutation($input: LoginInput!) { login(input: $input) { username token userErrors { code } } }`
const VIEWER = '{ viewer { username kind } }'

function logIn(password: string, username = 'admin') {
  return gateway.ask(LOGIN, { variables: { input: { username, password, bearer: true } } })
}

describe('login', () => {
  it('the bootstrap link works once', async () => {
    const token = await gateway.signIn()
    expect((await gateway.ask(VIEWER, { token })).data.viewer.username).toBe('admin')
    const again = await gateway.ask(
      'mutation($input: CompleteSetupInput!) { completeSetup(input: $input) { token } }',
      {
        variables: {
          input: { token: new URL(gateway.link).searchParams.get('token'), password: 'another long one' },
        },
      },
    )
    expect(again.errors[0]?.extensions.code).toBe('UNAUTHENTICATED')
  })

  it('the answer does not tell an unknown account from a wrong password', async () => {
    const wrong = await logIn('wrong password here', 'admin')
    const unknown = await logIn('wrong password here', 'nobody')
    const long = await logIn('x'.repeat(100_000), 'admin')
    expect(unknown.errors[0]?.message).toBe(wrong.errors[0]?.message)
    expect(long.errors[0]?.message).toBe(wrong.errors[0]?.message)
  })

  it('E-10 a cookie session needs the client header, and dies with logout', async () => {
    const answer = await gateway.ask(LOGIN, {
      variables: { input: { username: 'admin', password: PASSWORD } },
    })
    const setCookie = answer.headers.get('set-cookie') ?? ''
    expect(setCookie).toMatch(/^lockstep=.*HttpOnly; SameSite=Lax/)
    expect(answer.data.login.token).toBeNull()
    const cookie = setCookie.split(';', 1)[0] ?? ''
    expect((await gateway.ask(VIEWER, { headers: { cookie } })).status).toBe(400)
    const headers = { cookie, 'x-lockstep-client': 'web' }
    expect((await gateway.ask(VIEWER, { headers })).data.viewer.username).toBe('admin')
    const foreign = await gateway.ask(VIEWER, { headers: { ...headers, origin: 'https://evil.test' } })
    expect(foreign.status).toBe(403)
    await gateway.ask('mutation { logout { userErrors { code } } }', { headers })
    expect((await gateway.ask(VIEWER, { headers })).data.viewer).toBeNull()
  })

  it('an API token cannot make tokens', async () => {
    const session = (await logIn(PASSWORD)).data.login.token
    const create = 'mutation { createApiToken(input: { name: "ci" }) { token userErrors { code } } }'
    const { token } = (await gateway.ask(create, { token: session })).data.createApiToken
    expect(token).toMatch(/^lst_/)
    expect((await gateway.ask(VIEWER, { token })).data.viewer.kind).toBe('token')
    expect((await gateway.ask(create, { token })).errors[0]?.extensions.code).toBe('FORBIDDEN')
  })

  it('E-08 E-10 other content types are refused before anything is read', async () => {
    const response = await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      body: JSON.stringify({ query: VIEWER }),
    })
    expect(response.status).toBe(415)
  })

  it('many failures end in a wait, also with the right password', async () => {
    for (let round = 0; round < 6; round += 1) await logIn('wrong password here')
    expect((await logIn(PASSWORD)).errors[0]?.extensions.code).toBe('RATE_LIMITED')
  })
})
