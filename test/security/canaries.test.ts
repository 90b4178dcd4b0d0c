import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CANARIES, openFixture, type Fixture } from '../integration/api/gateway-fixture.js'

let gateway: Fixture
let token: string

beforeAll(async () => {
  gateway = await openFixture()
  token = await gateway.signIn()
})
afterAll(() => gateway.close())

describe('secrets', () => {
  it('never come out of the API, the audit trail or the stores in clear', async () => {
    const repository = {
      url: 'https://git.test/private',
      username: 'robot',
      password: 'canary-git-password',
    }
    const answers = [
      await gateway.ask(
        'mutation($input: AddRepositoryInput!) { addRepository(input: $input) { repository { url username hasPassword } userErrors { message } } }',
        { token, variables: { input: repository } },
      ),
      await gateway.ask(
        'mutation($input: AddRepositoryInput!) { addRepository(input: $input) { repository { url } userErrors { message } } }',
        { token, variables: { input: { ...repository, url: 'https://git.test/unreachable' } } },
      ),
      await gateway.ask(
        'mutation { addCredentialTemplate(input: { url: "https://git.test", password: "canary-git-password" }) { credentialTemplate { url } userErrors { message } } }',
        { token },
      ),
      await gateway.ask('{ credentialTemplates { id url username } }', { token }),
      await gateway.ask('{ repositories { url username hasPassword connection { message } } }', { token }),
    ]
    expect(answers[0]?.data.addRepository.repository.hasPassword).toBe(true)
    const [record] = await gateway.stores.repositories.list()
    const sealed = await gateway.stores.repositories.credential(record?.id ?? '')
    const [template] = await gateway.stores.credentialTemplates.list()
    const held = await gateway.stores.credentialTemplates.credential(template?.id ?? '')
    expect(held?.length).toBeGreaterThan(0)
    const everything = [
      ...answers.map((answer) => answer.text),
      JSON.stringify(await gateway.stores.audit.list(100)),
      Buffer.from(sealed ?? []).toString('latin1'),
      Buffer.from(held ?? []).toString('latin1'),
    ].join('\n')
    for (const canary of CANARIES) expect(everything, canary).not.toContain(canary)
  })

  it('are refused inside of URLs', async () => {
    const answer = await gateway.ask(
      'mutation { addRepository(input: { url: "https://robot:hunter2@git.test/x" }) { userErrors { code message } } }',
      { token },
    )
    expect(answer.data.addRepository.userErrors[0].code).toBe('BAD_USER_INPUT')
    expect(answer.text).not.toContain('hunter2')
  })
})
