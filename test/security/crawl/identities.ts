import type { Fixture } from '../../integration/api/gateway-fixture.js'

/** Who asks in the crawl. */
export const IDENTITIES = [
  'anonymous',
  'nobody',
  'readonly',
  'role-admin',
  'project-role',
  'other-project',
  'disabled',
  'expired',
  'narrow',
  'admin',
] as const
export type Identity = (typeof IDENTITIES)[number]

export const PROJECT = 'crawl-alpha'
export const OTHER_PROJECT = 'crawl-beta'
export const APPLICATION = 'crawl-shop'

const POLICY = [
  'g, reader, role:readonly',
  'g, boss, role:admin',
  'g, gone, role:admin',
  'g, late, role:admin',
  'g, narrow, role:admin',
]
/** Of an administrator, and for one application. */
const NARROW = [`applications, get, ${PROJECT}/${APPLICATION}`]

/** What a team's role may: all of its applications, nothing else. */
function rolesOf(project: string): readonly object[] {
  const policies = ['get', 'create', 'update', 'delete', 'sync', 'override'].map(
    (action) => `p, proj:${project}:team, applications, ${action}, ${project}/*, allow`,
  )
  const logs = `p, proj:${project}:team, logs, get, ${project}/*, allow`
  return [{ name: 'team', policies: [...policies, logs] }]
}

export function projectSpec(project: string): object {
  return {
    sourceRepos: ['*'],
    destinations: [{ server: '*', namespace: '*' }],
    roles: rolesOf(project),
  }
}

/** The token of each identity; `undefined` for nobody signed in. that of `late` lives for a minute. */
export async function openIdentities(
  gateway: Fixture,
  admin: string,
): Promise<Readonly<Record<Identity, string | undefined>>> {
  const ask = askAs(gateway, admin)
  for (const project of [PROJECT, OTHER_PROJECT]) {
    await ask('createProject', { name: project, spec: projectSpec(project), upsert: true })
  }
  await ask('updatePolicy', { csv: POLICY.join('\n') })
  const tokenOf = async (name: string, wish: object = {}): Promise<string> => {
    await ask('createAccount', { name, capabilities: ['LOGIN', 'API_KEY'] })
    const { token } = await ask('createApiToken', { account: name, ...wish })
    // Without it the crawl would ask as nobody, and be content.
    if (typeof token !== 'string') throw new Error(`There is no token of "${name}"`)
    return token
  }
  const roleToken = async (project: string): Promise<string> =>
    (await ask('createRoleToken', { project, role: 'team' })).token
  const tokens = {
    anonymous: undefined,
    nobody: await tokenOf('nobody'),
    readonly: await tokenOf('reader'),
    'role-admin': await tokenOf('boss'),
    'project-role': await roleToken(PROJECT),
    'other-project': await roleToken(OTHER_PROJECT),
    disabled: await tokenOf('gone'),
    expired: await tokenOf('late', { expiresInSeconds: 60 }),
    narrow: await tokenOf('narrow', { scopes: NARROW }),
    admin,
  }
  await ask('updateAccount', { name: 'gone', enabled: false })
  return tokens
}

// oxlint-disable-next-line typescript/no-explicit-any -- payloads of any mutation
type Ask = (mutation: string, input: object) => Promise<any>

/** A mutation as the admin; its payload. */
export function askAs(gateway: Fixture, token: string): Ask {
  return async (mutation, input) => {
    const type = `${mutation.charAt(0).toUpperCase()}${mutation.slice(1)}Input!`
    const fields = mutation.endsWith('Token')
      ? 'token userErrors { code message }'
      : 'userErrors { code message }'
    const answer = await gateway.ask(
      `mutation($input: ${type}) { ${mutation}(input: $input) { ${fields} } }`,
      { token, variables: { input } },
    )
    const payload = answer.data?.[mutation]
    if (payload === null || payload === undefined) throw new Error(`${mutation}: ${answer.text}`)
    return payload
  }
}
