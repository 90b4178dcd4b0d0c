import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { request } from 'undici'
import { commitFiles, createRepository, git, removeFiles } from './git-repository.js'
import { type GitServer, startGitServer } from './git-server.js'

describe('startGitServer()', () => {
  let folder: string
  let root: string
  let open: GitServer
  let closed: GitServer

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lockstep-git-'))
    root = join(folder, 'root')
    await mkdir(root)
    open = await startGitServer({ root })
    closed = await startGitServer({ root, credentials: { username: 'ann', password: 'p@ss/word' } })
  })

  afterAll(async () => {
    await Promise.all([open.stop(), closed.stop()])
    await rm(folder, { recursive: true })
  })

  it('serves what was committed, changed and removed', async () => {
    const repository = await createRepository(root, 'shop', { 'a.yaml': 'one', 'deep/b c.yaml': 'zwei ü' })
    await commitFiles(repository, { 'a.yaml': 'two' })
    const commit = await removeFiles(repository, ['deep'])
    await commitFiles(repository, { 'a.yaml': 'other' }, { branch: 'next', message: 'On a branch' })
    await git(folder, ['clone', '--quiet', `${open.url}/shop.git`, 'clone'])
    expect(await git(join(folder, 'clone'), ['rev-parse', 'HEAD'])).toBe(commit)
    expect(await git(join(folder, 'clone'), ['ls-files'])).toBe('a.yaml')
    expect(await readFile(join(folder, 'clone', 'a.yaml'), 'utf8')).toBe('two')
    expect(await git(join(folder, 'clone'), ['show', 'HEAD~1:deep/b c.yaml'])).toBe('zwei ü')
    expect(await git(join(folder, 'clone'), ['ls-tree', '--name-only', 'origin/next'])).toBe('a.yaml')
  })

  it('takes a push, also a large one without a content length', async () => {
    const repository = await createRepository(root, 'pushed', { 'a.yaml': 'one' })
    const clone = join(folder, 'pusher')
    await git(folder, ['clone', '--quiet', `${open.url}/pushed.git`, 'pusher'])
    await writeFile(join(clone, 'large'), randomBytes(3_000_000))
    await git(clone, ['add', '.'])
    await git(clone, ['-c', 'user.name=a', '-c', 'user.email=a@b.c', 'commit', '--quiet', '-m', 'Large'])
    await git(clone, ['push', '--quiet', 'origin', 'HEAD:main'])
    expect(await git(repository.path, ['rev-parse', 'main'])).toBe(await git(clone, ['rev-parse', 'HEAD']))
  })

  it('fetches one commit without its files, as a partial clone does', async () => {
    const repository = await createRepository(root, 'partial', { 'a.yaml': 'one' })
    const older = repository.commit
    await commitFiles(repository, { 'a.yaml': 'two' })
    await git(folder, ['init', '--quiet', '--bare', 'mirror.git'])
    await git(join(folder, 'mirror.git'), [
      ...['fetch', '--quiet', '--depth=1', '--filter=blob:none'],
      ...[`${open.url}/partial.git`, older],
    ])
    expect(await git(join(folder, 'mirror.git'), ['rev-parse', 'FETCH_HEAD'])).toBe(older)
  })

  it('asks for the password when it has one', async () => {
    await createRepository(root, 'secret', { 'a.yaml': 'one' })
    const url = new URL(`${closed.url}/secret.git`)
    await expect(git(folder, ['ls-remote', url.href])).rejects.toThrow(/username|Authentication/i)
    url.username = 'ann'
    url.password = 'wrong'
    await expect(git(folder, ['ls-remote', url.href])).rejects.toThrow(/Authentication failed/)
    url.password = encodeURIComponent('p@ss/word')
    expect(await git(folder, ['ls-remote', url.href, 'refs/heads/main'])).toContain('refs/heads/main')
  })

  it('serves nothing outside its root', async () => {
    await createRepository(folder, 'outside', { 'a.yaml': 'one' })
    await symlink(join(folder, 'outside.git'), join(root, 'link.git'))
    const ask = async (path: string): Promise<number> =>
      (await request(`${open.url}${path}/info/refs?service=git-upload-pack`)).statusCode
    // undici normalises nothing here, so the server sees each path as it is written.
    expect(await ask('/%2e%2e/outside.git')).toBe(404)
    expect(await ask('/..%2foutside.git')).toBe(404)
    expect(await ask('/link.git')).toBe(404)
    expect(await ask('/%ff')).toBe(404)
    expect(await ask('')).toBe(404)
    expect(await ask('/missing.git')).toBe(404)
  })

  it('commits a thousand files within two seconds', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 1000 }, (_, index) => [`d/${index}.yaml`, `n: ${index}`]),
    )
    const begin = Date.now()
    const repository = await createRepository(root, 'many', files)
    expect(Date.now() - begin).toBeLessThan(2000)
    expect((await git(repository.path, ['ls-tree', '-r', '--name-only', 'main'])).split('\n')).toHaveLength(
      1000,
    )
  })
})
