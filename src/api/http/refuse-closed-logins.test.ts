import { describe, expect, it } from 'vitest'
import { askedLogin } from './refuse-closed-logins.js'

const variables = { input: { username: 'anna', password: 'x' } }

describe('askedLogin()', () => {
  it.each([
    ['mutation($input: LoginInput!) { login(input: $input) { token } }', 'login'],
    [
      'mutation LogIn($input: LoginInput!) {\n  here: login(input: $input) { token userErrors { code } } }\n',
      'here',
    ],
  ])('knows a login by %j', (query, key) => {
    expect(askedLogin({ query, variables })).toEqual({ username: 'anna', key })
  })

  it.each([
    'mutation($input: LoginInput!) { login(input: $input) { token } logout { ok } }',
    'mutation($input: LoginInput!) { login(input: $input) { token } } query Other { viewer { username } }',
    'mutation { login(input: { username: "anna", password: "x" }) { token } }',
    'query($input: LoginInput!) { login(input: $input) { token } }',
    'mutation($input: LoginInput!) { login(input: $other) { token } }',
    '{ viewer { username } }',
    `mutation($input: LoginInput!) { login(input: $input) { ${'token '.repeat(400)} } }`,
  ])('leaves %j to the API', (query) => {
    expect(askedLogin({ query, variables })).toBeUndefined()
  })

  it.each([undefined, null, 'text', [], { query: 7 }, { query: 'x', variables: 7 }])(
    'takes any body: %j',
    (body) => {
      expect(askedLogin(body)).toBeUndefined()
    },
  )
})
