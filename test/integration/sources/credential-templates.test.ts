import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { silentLogger } from '../../../src/base/logger.js'
import { SYSTEM_PRINCIPAL } from '../../../src/engine/access/principal.js'
import { CommandLineGit } from '../../../src/git/command-line/command-line-git.js'
import { GitConnectionCheck } from '../../../src/main/git-connection-check.js'
import { AddRepository } from '../../../src/repositories/add-repository.js'
import { SaveCredentialTemplate } from '../../../src/repositories/save-credential-template.js'
import { ContactRepository } from '../../../src/sources/contact-repository.js'
import { RepositoryCredential } from '../../../src/sources/repository-credential.js'
import { testVault } from '../../../src/sources/test-vault.fixture.js'
import { openMemoryStores } from '../../../src/store/memory/open-memory-stores.js'
import { createRepository } from '../../support/git-repository.js'
import { startGitServer, type GitServer } from '../../support/git-server.js'

describe('[1.9 Credential template] a server that asks for a password', () => {
  const stores = openMemoryStores()
  const vault = testVault()
  const clock = { now: () => 0, monotonic: () => 0 }
  let count = 0
  const parts = { ...stores, vault, clock, newId: (): string => `id-${(count += 1)}` }
  const save = new SaveCredentialTemplate(parts)
  let folder = ''
  let server: GitServer
  let git: CommandLineGit
  let add: AddRepository
  let contact: ContactRepository

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lockstep-templates-'))
    await createRepository(join(folder, 'remotes'), 'one', { 'a.yaml': 'a: 1\n' })
    const credentials = { username: 'robot', password: 'right' }
    server = await startGitServer({ root: join(folder, 'remotes'), credentials })
    git = new CommandLineGit({ cacheDir: join(folder, 'cache'), logger: silentLogger })
    const check = new GitConnectionCheck(git, new RepositoryCredential(parts))
    add = new AddRepository({ ...parts, check })
    contact = new ContactRepository({ ...parts, git })
  })
  afterAll(async () => {
    await git.close()
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  })

  const template = (path: string, password: string) =>
    save.run(SYSTEM_PRINCIPAL, { url: `${server.url}${path}`, username: 'robot', password, upsert: true })

  it('is read with the longest template, which counts at once, and with the own credential first', async () => {
    const url = `${server.url}/one.git`
    await expect(add.run(SYSTEM_PRINCIPAL, { url })).rejects.toMatchObject({ code: 'UPSTREAM_GIT' })
    await template('', 'right')
    const record = await add.run(SYSTEM_PRINCIPAL, { url })
    expect([...(await contact.run(record, 'list')).keys()]).toContain('refs/heads/main')
    await template('/one', 'wrong')
    await expect(contact.run(record, 'list')).rejects.toMatchObject({ code: 'UPSTREAM_GIT' })
    const own = { url, username: 'robot', password: 'right', upsert: true }
    const second = await add.run(SYSTEM_PRINCIPAL, own)
    expect([...(await contact.run(second, 'fetch')).keys()]).toContain('refs/heads/main')
    // A user name alone is a credential too: what it may read is asked for with it, and with nothing else.
    await template('/one', 'right')
    const nameOnly = { url, username: 'robot', upsert: true }
    await expect(add.run(SYSTEM_PRINCIPAL, nameOnly)).rejects.toMatchObject({ code: 'UPSTREAM_GIT' })
  })
})
