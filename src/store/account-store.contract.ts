import { beforeAll, describe, expect, it } from 'vitest'
import type { CredentialRecord, UserRecord } from './account-store.js'
import { aRecord, unique } from './contract-fixtures.js'
import type { AttemptKeys } from './login-attempts.js'
import type { Stores } from './stores.js'

const RECORD = aRecord('change-something')
const AT = '2026-01-02T03:04:05.678Z'
const LATER = '2026-01-02T03:05:05.678Z'
const ALIVE = { now: AT, idleSince: '2026-01-01T00:00:00.000Z' }

/** What keeps accounts, sessions, tokens and counted attempts, whatever the technology. */
export function accountStoreContract(technology: string, open: () => Promise<Stores>): void {
  describe(`AccountStore (${technology})`, () => {
    let stores: Stores

    beforeAll(async () => {
      stores = await open()
    })

    const current = (): Stores => stores
    users(current)
    credentials(current)
    endings(current)
    roleTokens(current)
    attempts(current)
  })
}

function aUser(change: Partial<UserRecord> = {}): UserRecord {
  return {
    ...{ id: unique('id'), username: unique('user'), disabled: false },
    ...{ capabilities: ['login', 'apiKey'], createdAt: AT, ...change },
  }
}

function aCredential(change: Partial<CredentialRecord>): CredentialRecord {
  return {
    ...{ id: unique('id'), kind: 'session', tokenHash: unique('hash') },
    ...{ createdAt: AT, expiresAt: '2026-02-01T00:00:00.000Z', ...change },
  }
}

function users(stores: () => Stores): void {
  it('users() and userByName() answer what was created and changed', async () => {
    const { accounts } = stores()
    const user = aUser({ passwordHash: 'hash', passwordChangedAt: AT })
    await accounts.createUser(user, RECORD)
    await expect(accounts.createUser({ ...user, id: unique('id') }, RECORD)).rejects.toMatchObject({
      code: 'CONFLICT',
    })
    expect(await accounts.userByName(user.username)).toEqual(user)
    expect(await accounts.users()).toContainEqual(user)
    await accounts.updateUser(user.id, { disabled: true, capabilities: ['apiKey'] }, RECORD)
    const changed = { ...user, disabled: true, capabilities: ['apiKey'] }
    expect(await accounts.userByName(user.username)).toEqual(changed)
    await accounts.removeUser(user.id, RECORD)
    expect(await accounts.userByName(user.username)).toBeUndefined()
    const gone = { code: 'NOT_FOUND' }
    await expect(accounts.removeUser(user.id, RECORD)).rejects.toMatchObject(gone)
    await expect(accounts.updateUser(user.id, { disabled: true }, RECORD)).rejects.toMatchObject(gone)
    await expect(accounts.setPassword(user.id, 'x', RECORD)).rejects.toMatchObject(gone)
  })

  it('replaceHash() changes the hash it was told, and no newer one', async () => {
    const { accounts } = stores()
    const user = aUser({ passwordHash: 'old' })
    await accounts.createUser(user, RECORD)
    await accounts.replaceHash(user.id, 'old', 'new')
    await accounts.replaceHash(user.id, 'old', 'late')
    expect((await accounts.userByName(user.username))?.passwordHash).toBe('new')
  })
}

function credentials(stores: () => Stores): void {
  it('credentialByHash() answers live credentials only', async () => {
    const { accounts } = stores()
    const user = aUser()
    await accounts.createUser(user, RECORD)
    const credential = aCredential({ userId: user.id, address: '10.0.0.1', agent: 'cli' })
    await accounts.createCredential(credential, RECORD)
    const at = (now: string, idleSince = ALIVE.idleSince) =>
      accounts.credentialByHash(credential.tokenHash, { now, idleSince })
    expect(await at('2026-01-31T23:59:59.999Z')).toEqual({ credential, user })
    expect(await at('2026-02-01T00:00:00.000Z')).toBeUndefined()
    expect(await at(AT, AT)).toBeUndefined()
    await accounts.touch(credential.id, LATER)
    await accounts.touch(credential.id, AT)
    expect(await at(LATER, AT)).toEqual({ credential: { ...credential, lastUsedAt: LATER }, user })
    expect(await accounts.revoke([credential.id], RECORD)).toBe(1)
    expect(await accounts.revoke([credential.id], RECORD)).toBe(0)
    expect(await at(AT)).toBeUndefined()
  })

  it('C-35 a token keeps its scopes, one and several, with quotes in them', async () => {
    const { accounts } = stores()
    const user = aUser()
    await accounts.createUser(user, RECORD)
    for (const scopes of [['logs, get, *'], ['applications, "{get,sync}", a/*', 'logs, get, a/x']]) {
      const token = aCredential({ userId: user.id, kind: 'token', scopes })
      await accounts.createCredential(token, RECORD)
      const live = await accounts.credentialByHash(token.tokenHash, ALIVE)
      expect(live?.credential).toEqual(token)
      expect(await accounts.credentials({ kind: 'token', userId: user.id }, ALIVE)).toContainEqual(token)
    }
  })

  it('credentials() lists the living ones of one account, newest first', async () => {
    const { accounts } = stores()
    const user = aUser()
    await accounts.createUser(user, RECORD)
    const old = aCredential({ userId: user.id, kind: 'token', name: 'a' })
    const young = aCredential({ userId: user.id, kind: 'token', name: 'b', createdAt: LATER })
    const session = aCredential({ userId: user.id })
    for (const one of [old, young, session]) await accounts.createCredential(one, RECORD)
    const filter = { kind: 'token', userId: user.id } as const
    expect(await accounts.credentials(filter, ALIVE)).toEqual([young, old])
    expect(await accounts.credentials({ ...filter, kind: 'session' }, ALIVE)).toEqual([session])
    expect(await accounts.credentials({ ...filter, kind: 'session' }, { now: AT, idleSince: AT })).toEqual([])
    const hashes = [old.tokenHash, session.tokenHash, 'absent']
    expect(await accounts.liveHashes(hashes, ALIVE)).toEqual(new Set([old.tokenHash, session.tokenHash]))
    await accounts.createCredential(aCredential({ userId: user.id }), RECORD, session.id)
    expect(await accounts.liveHashes(hashes, ALIVE)).toEqual(new Set([old.tokenHash]))
  })
}

function endings(stores: () => Stores): void {
  it('setPassword() ends sessions and tokens, but not with the first password', async () => {
    const { accounts } = stores()
    const user = aUser()
    await accounts.createUser(user, RECORD)
    const token = aCredential({ userId: user.id, kind: 'token' })
    await accounts.createCredential(token, RECORD)
    await accounts.setPassword(user.id, 'first', RECORD)
    expect(await accounts.credentialByHash(token.tokenHash, ALIVE)).toBeDefined()
    await accounts.setPassword(user.id, 'second', RECORD)
    expect(await accounts.credentialByHash(token.tokenHash, ALIVE)).toBeUndefined()
    const changed = await accounts.userByName(user.username)
    expect(changed?.passwordHash).toBe('second')
    expect(changed?.passwordChangedAt).toBeDefined()
  })

  it.each<[string, Partial<UserRecord>, boolean, boolean]>([
    ['a disabled account', { disabled: true }, false, false],
    ['an account without apiKey', { capabilities: ['login'] }, true, false],
    ['an account without login', { capabilities: ['apiKey'] }, false, true],
  ])('%s has only the credentials it may have', async (_what, change, session, token) => {
    const { accounts } = stores()
    const user = aUser()
    await accounts.createUser(user, RECORD)
    const made = [aCredential({ userId: user.id }), aCredential({ userId: user.id, kind: 'token' })]
    for (const one of made) await accounts.createCredential(one, RECORD)
    await accounts.updateUser(user.id, change, RECORD)
    const found = await Promise.all(made.map((one) => accounts.credentialByHash(one.tokenHash, ALIVE)))
    expect(found.map((one) => one !== undefined)).toEqual([session, token])
    await accounts.updateUser(user.id, { disabled: false, capabilities: user.capabilities }, RECORD)
    const [again] = await Promise.all(made.map((one) => accounts.credentialByHash(one.tokenHash, ALIVE)))
    expect(again !== undefined).toBe(change.disabled !== true)
    await accounts.removeUser(user.id, RECORD)
    expect(
      await accounts.liveHashes(
        made.map((one) => one.tokenHash),
        ALIVE,
      ),
    ).toEqual(new Set())
  })
}

function roleTokens(stores: () => Stores): void {
  it('a token of a role lives as long as its role and its project, and never comes back', async () => {
    const { accounts, projects } = stores()
    const withRoles = (...names: string[]) => ({
      sourceRepos: [],
      roles: names.map((name) => ({ name, policies: [] })),
    })
    const project = { id: unique('id'), name: unique('p'), spec: withRoles('ci', 'dev'), generation: 1 }
    await projects.create(project, RECORD)
    const [ci, dev] = ['ci', 'dev'].map((role) =>
      aCredential({ kind: 'token', projectId: project.id, role, name: role }),
    ) as [CredentialRecord, CredentialRecord]
    for (const one of [ci, dev]) await accounts.createCredential(one, RECORD)
    const live = await accounts.credentialByHash(ci.tokenHash, ALIVE)
    expect(live).toEqual({ credential: ci, project: project.name, role: 'ci' })
    const filter = { kind: 'token', projectId: project.id } as const
    expect(await accounts.credentials({ ...filter, role: 'dev' }, ALIVE)).toEqual([dev])
    await projects.update({ ...project, spec: withRoles('dev'), generation: 2 }, RECORD)
    await projects.update({ ...project, spec: withRoles('ci', 'dev'), generation: 3 }, RECORD)
    expect(await accounts.credentialByHash(ci.tokenHash, ALIVE)).toBeUndefined()
    expect(await accounts.credentials(filter, ALIVE)).toEqual([dev])
    await projects.remove(project.id, RECORD)
    expect(await accounts.credentialByHash(dev.tokenHash, ALIVE)).toBeUndefined()
  })
}

function attempts(stores: () => Stores): void {
  const keys = (): AttemptKeys => ({ source: unique('s'), account: unique('a'), pair: unique('p') })

  it('LoginAttempts counts each of many at the same moment once', async () => {
    const { loginAttempts } = stores()
    const mine = keys()
    const counted = await Promise.all(Array.from({ length: 20 }, () => loginAttempts.count(mine, 300, 30)))
    const numbers = counted.map((one) => one.pair).sort((a, b) => a - b)
    expect(numbers).toEqual(Array.from({ length: 20 }, (_, index) => index + 1))
    expect(counted.every((one) => one.pairSeconds > 290 && one.pairSeconds <= 301)).toBe(true)
    await loginAttempts.succeed(mine)
    expect(await loginAttempts.count(mine, 300, 30)).toMatchObject({ source: 20, account: 20, pair: 1 })
  })

  it('LoginAttempts counts nothing but the source beyond its limit', async () => {
    const { loginAttempts } = stores()
    const source = unique('s')
    for (let round = 1; round <= 3; round += 1) {
      const counted = await loginAttempts.count({ ...keys(), source }, 300, 2)
      expect(counted).toMatchObject({ source: round, account: round > 2 ? 0 : 1, pair: round > 2 ? 0 : 1 })
    }
  })

  it('LoginAttempts begins anew when the window has ended', async () => {
    const { loginAttempts } = stores()
    const mine = keys()
    await loginAttempts.count(mine, 0.05, 30)
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(await loginAttempts.count(mine, 300, 30)).toMatchObject({ source: 1, account: 1, pair: 1 })
  })
}
