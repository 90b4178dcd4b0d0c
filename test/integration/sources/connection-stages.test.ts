import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { silentLogger } from '../../../src/base/logger.js'
import { CommandLineGit } from '../../../src/git/command-line/command-line-git.js'
import { ContactRepository } from '../../../src/sources/contact-repository.js'
import { testVault } from '../../../src/sources/test-vault.fixture.js'
import { aRecord } from '../../../src/store/contract-fixtures.js'
import { openMemoryStores } from '../../../src/store/memory/open-memory-stores.js'

/** Answers with the status that the path names, e.g. `/403/x`. */
function startServer(): Promise<Server> {
  const server = createServer((request, response) => {
    const status = Number(request.url?.split('/')[1])
    response.writeHead(status, { location: 'https://elsewhere.invalid/' })
    response.end('<html>\nno Git\n</html>\n')
  })
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)))
}

describe('[1.9 Validate] a repository that does not answer says at which stage', () => {
  const stores = openMemoryStores()
  const clock = { now: () => 0, monotonic: () => 0 }
  let folder = ''
  let server: Server
  let git: CommandLineGit
  let contact: ContactRepository
  let port = 0

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lockstep-stages-'))
    server = await startServer()
    port = (server.address() as AddressInfo).port
    git = new CommandLineGit({ cacheDir: folder, logger: silentLogger })
    contact = new ContactRepository({ ...stores, vault: testVault(), clock, git })
  })
  afterAll(async () => {
    await git.close()
    server.close()
    await rm(folder, { recursive: true, force: true })
  })

  it.each([
    ['ADDRESS', () => 'https://169.254.169.254/x'],
    ['ADDRESS', () => 'ssh://git@git.test/x'],
    ['DNS', () => 'https://nowhere.invalid/x'],
    ['TCP', () => 'http://127.0.0.1:1/x'],
    ['TLS', () => `https://127.0.0.1:${port}/200/x`],
    ['AUTHENTICATION', () => `http://127.0.0.1:${port}/401/x`],
    ['AUTHORIZATION', () => `http://127.0.0.1:${port}/403/x`],
    ['NOT_FOUND', () => `http://127.0.0.1:${port}/404/x`],
    ['PROTOCOL', () => `http://127.0.0.1:${port}/302/x`],
    ['PROTOCOL', () => `http://127.0.0.1:${port}/200/x`],
    ['SERVER', () => `http://127.0.0.1:${port}/502/x`],
  ])('%s', async (stage, urlOf) => {
    const url = urlOf()
    const connection = { status: 'Unknown' as const, message: '' }
    const id = Buffer.from(url).toString('hex').slice(-40)
    const address = { id, url, normalizedUrl: url, createdAt: '2026-01-01T00:00:00Z' }
    const repository = { ...address, hasPassword: false, insecureTls: false, connection }
    await stores.repositories.create(repository, undefined, aRecord('add-repository'))
    await expect(contact.run(repository, 'list')).rejects.toThrow()
    const told = (await stores.repositories.get(repository.id))?.connection
    expect(told).toMatchObject({ status: 'Failed', stage })
  })
})
