import { beforeEach, describe, expect, it } from 'vitest'
import { SYSTEM_PRINCIPAL, type Principal } from '../engine/access/principal.js'
import { openMemoryStores } from '../store/memory/open-memory-stores.js'
import type { Stores } from '../store/stores.js'
import type { KeyPurpose, SealedAt } from '../vault/vault.js'
import { AddRepository } from './add-repository.js'
import { InheritsCredential } from './inherits-credential.js'
import { ListCredentialTemplates } from './list-credential-templates.js'
import { RemoveCredentialTemplate } from './remove-credential-template.js'
import { SaveCredentialTemplate } from './save-credential-template.js'

const clock = { now: () => 0, monotonic: () => 0 }
const ORG = 'https://git.test/org'
const sealedAt: string[] = []
let count = 0
let stores: Stores
let save: SaveCredentialTemplate
let add: AddRepository

/** Says where it sealed what; the bytes are of no use. */
const vault = {
  seal(purpose: KeyPurpose, { table, row, column }: SealedAt, plain: Uint8Array): Uint8Array {
    sealedAt.push(`${purpose} ${table}.${column} ${row} ${new TextDecoder().decode(plain)}`)
    return new Uint8Array([sealedAt.length])
  },
  open: (): Uint8Array => new Uint8Array(),
  hmac: (text: string): string => text,
}

beforeEach(() => {
  stores = openMemoryStores()
  sealedAt.length = 0
  const newId = (): string => `id-${(count += 1)}`
  save = new SaveCredentialTemplate({ ...stores, vault, clock, newId })
  add = new AddRepository({ ...stores, vault, check: { check: async () => undefined }, clock, newId })
})

function person(...rules: readonly (readonly [action: string, object: string])[]): Principal {
  const grants = rules.map(([action, object]) => ({
    resource: 'repositories',
    action,
    object,
    effect: 'allow' as const,
  }))
  return { subject: 'p', kind: 'user', groups: [], grants: { rules: grants } }
}

async function woken(): Promise<readonly string[]> {
  const bells = await stores.outbox.pending(100)
  return bells.map(({ doorbell }) => doorbell.id)
}

describe('SaveCredentialTemplate', () => {
  it('[1.9 Credential template] seals the credential at its row and wakes the repositories that inherit it', async () => {
    const below = await add.run(SYSTEM_PRINCIPAL, { url: `${ORG}/a` })
    const own = await add.run(SYSTEM_PRINCIPAL, { url: `${ORG}/b`, password: 'x' })
    const beside = await add.run(SYSTEM_PRINCIPAL, { url: 'https://git.test/x' })
    const before = (await woken()).length
    const template = await save.run(SYSTEM_PRINCIPAL, { url: ORG, username: 'robot', password: 'secret' })
    expect(sealedAt.at(-1)).toBe(
      `git credential_templates.credential ${template.id} {"username":"robot","password":"secret"}`,
    )
    expect((await woken()).slice(before)).toEqual([below.id])
    const inherits = new InheritsCredential(stores.repositories, stores.credentialTemplates)
    expect(await Promise.all([below, own, beside].map(({ id }) => inherits.run(id)))).toEqual([
      true,
      false,
      false,
    ])
    expect(JSON.stringify(await stores.audit.list(10))).not.toContain('secret')
  })

  it.each([
    ['', 'the URL is empty'],
    ['git.test/org', 'it is not a URL'],
    ['https://me:secret@git.test/org', 'holds a credential'],
    ['ssh://git@git.test/org', 'only http and https'],
    ['https://git.test/org/../x', 'only http and https'],
  ])('refuses "%s"', async (url, reason) => {
    await expect(save.run(SYSTEM_PRINCIPAL, { url, password: 'x' })).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      message: expect.stringContaining(reason) as unknown,
    })
  })

  it('refuses one without a password, and a second one for the same prefix without upsert', async () => {
    await expect(save.run(SYSTEM_PRINCIPAL, { url: ORG, password: '' })).rejects.toThrow('has no password')
    const first = await save.run(SYSTEM_PRINCIPAL, { url: ORG, password: 'a' })
    const again = { url: 'https://GIT.test/Org', password: 'b' }
    await expect(save.run(SYSTEM_PRINCIPAL, again)).rejects.toMatchObject({ code: 'CONFLICT' })
    expect(await save.run(SYSTEM_PRINCIPAL, { ...again, upsert: true })).toEqual(first)
    expect(await stores.credentialTemplates.list()).toEqual([first])
  })

  it('asks for the right on the very URL, and for update where there is one', async () => {
    const wish = { url: ORG, password: 'a', upsert: true }
    const ofProject = person(['*', 'demo/*'])
    await expect(save.run(ofProject, wish)).rejects.toMatchObject({ code: 'FORBIDDEN' })
    const creator = person(['create', ORG])
    await save.run(creator, wish)
    await expect(save.run(creator, wish)).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await expect(save.run(creator, { url: 'https://git.test', password: 'a' })).rejects.toMatchObject({
      code: 'FORBIDDEN',
    })
  })
})

describe('RemoveCredentialTemplate and ListCredentialTemplates', () => {
  it('hide what the caller may not see, and refuse what he may only see', async () => {
    await save.run(SYSTEM_PRINCIPAL, { url: ORG, password: 'a' })
    const list = new ListCredentialTemplates(stores.credentialTemplates)
    const remove = new RemoveCredentialTemplate(stores.credentialTemplates, stores.repositories)
    const reader = person(['get', ORG])
    expect(await list.run(person(['get', 'https://other/*']))).toEqual([])
    expect((await list.run(reader)).map(({ url }) => url)).toEqual([ORG])
    await expect(remove.run(person(['delete', ORG]), ORG)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(remove.run(reader, ORG)).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await expect(remove.run(SYSTEM_PRINCIPAL, `${ORG}/x`)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    const { id } = await add.run(SYSTEM_PRINCIPAL, { url: `${ORG}/a` })
    const before = (await woken()).length
    await remove.run(SYSTEM_PRINCIPAL, 'https://GIT.test/Org')
    expect((await woken()).slice(before)).toEqual([id])
    expect(await stores.credentialTemplates.list()).toEqual([])
  })
})

describe('AddRepository with upsert', () => {
  it('replaces credential, project and TLS of a repository, and keeps what it is', async () => {
    await stores.projects.create(
      { id: 'd', name: 'demo', spec: {}, generation: 1 },
      {
        audit: { actor: 'a', action: 'seed', object: 'x' },
        doorbells: [],
      },
    )
    const first = await add.run(SYSTEM_PRINCIPAL, { url: `${ORG}/a`, username: 'u', password: 'p' })
    const plain = { url: `${ORG}/A.git`, project: 'demo', insecureTls: true }
    await expect(add.run(SYSTEM_PRINCIPAL, plain)).rejects.toMatchObject({ code: 'CONFLICT' })
    const second = await add.run(SYSTEM_PRINCIPAL, { ...plain, upsert: true })
    expect(second).toMatchObject({ id: first.id, url: first.url, project: 'demo', hasPassword: false })
    expect(second).not.toHaveProperty('username')
    expect(await stores.repositories.credential(first.id)).toBeUndefined()
    expect((await stores.audit.list(1))[0]).toMatchObject({ action: 'update-repository', project: 'demo' })
  })

  it('A-31 needs the right on what the repository was and on what it becomes', async () => {
    await add.run(SYSTEM_PRINCIPAL, { url: `${ORG}/a` })
    await stores.projects.create(
      { id: 'd', name: 'demo', spec: {}, generation: 1 },
      {
        audit: { actor: 'a', action: 'seed', object: 'x' },
        doorbells: [],
      },
    )
    const steal = { url: `${ORG}/a`, project: 'demo', upsert: true }
    await expect(add.run(person(['*', 'demo/*']), steal)).rejects.toMatchObject({ code: 'FORBIDDEN' })
    expect(await add.run(person(['*', 'demo/*'], ['*', `${ORG}/*`]), steal)).toMatchObject({
      project: 'demo',
    })
  })
})
