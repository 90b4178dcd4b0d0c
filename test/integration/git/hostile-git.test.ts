import { mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { reasonOf } from '../../../src/base/app-error.js'
import { silentLogger } from '../../../src/base/logger.js'
import { CommandLineGit } from '../../../src/git/command-line/command-line-git.js'
import { resolveRevision } from '../../../src/git/resolve-revision.js'
import { commitFiles, createRepository, git, type GitRepository } from '../../support/git-repository.js'
import { startGitServer, type GitServer } from '../../support/git-server.js'

const CREDENTIALS = { username: 'robot', password: 'canary-7f3e/ä secret' }

describe('CommandLineGit under attack', () => {
  let folder = ''
  let server: GitServer
  let repository: GitRepository
  let source: CommandLineGit

  const remote = (id: string) => ({ repositoryId: id, url: `${server.url}/shop.git`, ...CREDENTIALS })
  const cache = (): string => join(folder, 'cache')
  const refusal = async (answer: Promise<unknown>): Promise<string> => {
    const error = await answer.then(
      () => undefined,
      (reason: unknown) => reason,
    )
    expect(error).toBeDefined()
    return reasonOf(error)
  }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lockstep-hostile-'))
    await mkdir(join(folder, 'remotes'))
    repository = await createRepository(join(folder, 'remotes'), 'shop', { 'a/one.yaml': 'a: 1\n' })
    server = await startGitServer({ root: join(folder, 'remotes'), credentials: CREDENTIALS })
    source = new CommandLineGit({ cacheDir: cache(), logger: silentLogger })
  })
  afterAll(async () => {
    await source.close()
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  })

  it('a right credential opens, and stays out of the mirror', async () => {
    const refs = await source.fetch(remote('shop'))
    expect(refs.get('refs/heads/main')).toBe(repository.commit)
    const names = await readdir(cache(), { recursive: true, withFileTypes: true })
    for (const file of names.filter((name) => name.isFile())) {
      const content = await readFile(join(file.parentPath, file.name), 'latin1')
      expect(content).not.toContain('canary-7f3e')
      expect(content).not.toContain(Buffer.from(`robot:${CREDENTIALS.password}`).toString('base64'))
    }
  })

  it('A-30 a wrong credential is refused quickly, in words without the secret', async () => {
    const startedAt = performance.now()
    const wrong = { ...remote('shop'), password: 'canary-wrong' }
    const reason = await refusal(source.refs(wrong))
    expect(performance.now() - startedAt).toBeLessThan(5000)
    expect(reason).toContain('Check the credential')
    expect(reason).not.toContain('canary')
  })

  it('A-30 a password inside the URL is used but never shown', async () => {
    const { username, password } = CREDENTIALS
    const host = server.url.replace('http://', '')
    const url = `http://${username}:${encodeURIComponent(password)}@${host}/`
    expect((await source.refs({ repositoryId: 'shop', url: `${url}shop.git` })).size).toBeGreaterThan(0)
    const reason = await refusal(source.refs({ repositoryId: 'shop', url: `${url}none.git` }))
    expect(reason).not.toContain('canary')
    expect(reason).toContain(`${server.url}/none.git`)
  })

  it('B-27 B-39 a redirect to another host never receives the credential', async () => {
    const seen: (string | undefined)[] = []
    const thief = createServer((request, response) => {
      seen.push(request.headers.authorization)
      response.writeHead(404).end()
    })
    const redirector = createServer((_, response) => {
      const { port } = thief.address() as AddressInfo
      response.writeHead(301, { location: `http://localhost:${port}/shop.git/info/refs` }).end()
    })
    for (const each of [thief, redirector])
      await new Promise<void>((done) => each.listen(0, '127.0.0.1', done))
    const { port } = redirector.address() as AddressInfo
    const reason = await refusal(source.refs({ ...remote('shop'), url: `http://127.0.0.1:${port}/shop.git` }))
    expect(reason).toContain('redirects')
    expect(seen).toEqual([])
    for (const each of [thief, redirector]) each.close()
  })

  it('B-33 URLs that Git would read as programs, options or files are refused', async () => {
    const urls = [
      '--upload-pack=touch /tmp/p',
      'ext::sh -c touch% /tmp/p',
      'file:///etc',
      '/etc',
      'git@github.com:org/repo',
      'ssh://-oProxyCommand=x/y',
      'https://a b/c',
      'https://host/\u202egit.exe',
      'git://host/x',
      '',
    ]
    for (const url of urls) {
      const answer = source.fetch({ repositoryId: 'x', url })
      await expect(answer, url).rejects.toMatchObject({ code: 'BAD_USER_INPUT' })
    }
  })

  it('R-02 names that are no commits never reach Git', async () => {
    for (const name of ['main', '-x', '--output=/tmp/p', '@{u}', 'HEAD:', 'a\nb', 'x'.repeat(10_000), '‮']) {
      await expect(source.treeHashes('shop', name, ['a'])).rejects.toMatchObject({ code: 'BAD_USER_INPUT' })
      await expect(source.read('shop', [name])).rejects.toMatchObject({ code: 'BAD_USER_INPUT' })
      expect(await source.has('shop', name)).toBe(false)
    }
    for (const id of ['../x', '-x', 'a/b', '', '.git']) {
      await expect(source.fetch(remote(id)), id).rejects.toMatchObject({ code: 'BAD_USER_INPUT' })
    }
  })

  it('R-02 B-33 odd branch names are only names', async () => {
    await git(repository.path, ['update-ref', 'refs/heads/--output=p', repository.commit])
    const refs = await source.fetch(remote('shop'))
    expect(resolveRevision(refs, '--output=p')).toBe(repository.commit)
    for (const name of ['@{u}', 'HEAD:', 'main^{tree}', 'main~1'])
      expect(resolveRevision(refs, name)).toBeUndefined()
  })

  it('R-04 hooks and settings planted in the mirror run nothing', async () => {
    const marker = join(folder, 'marker')
    await commitFiles(repository, { 'a/two.yaml': 'a: 2\n' })
    const script = `#!/bin/sh\ntouch ${marker}\n`
    await mkdir(join(cache(), 'shop.git', 'hooks'), { recursive: true })
    for (const hook of ['reference-transaction', 'post-update', 'pre-auto-gc', 'fsmonitor-watchman']) {
      await writeFile(join(cache(), 'shop.git', 'hooks', hook), script, { mode: 0o755 })
    }
    await source.fetch(remote('shop'))
    await expect(readFile(marker)).rejects.toThrow()
  })

  it('R-07 a crafted tree with ".git" in it is not fetched', async () => {
    const blob = await git(repository.path, ['hash-object', '-w', '--stdin'], 'x')
    const tree = await git(
      repository.path,
      ['mktree', '--missing'],
      `040000 tree ${'4b825dc642cb6eb9a060e54bf8d69288fbee4904'}\t.git\n100644 blob ${blob}\tx\n`,
    )
    const commit = await git(repository.path, [
      '-c',
      'user.name=a',
      '-c',
      'user.email=a@b.invalid',
      'commit-tree',
      tree,
      '-m',
      'evil',
    ])
    await git(repository.path, ['update-ref', 'refs/heads/evil', commit])
    expect(await refusal(source.fetch(remote('shop')))).toMatch(/hasDotgit|\.git/i)
    expect(await source.has('shop', commit)).toBe(false)
    await git(repository.path, ['update-ref', '-d', 'refs/heads/evil'])
    await source.fetch(remote('shop'))
  })

  it('R-03 B-38 links and submodules are told apart from files, and nothing of them is followed', async () => {
    const target = await git(repository.path, ['hash-object', '-w', '--stdin'], '../../../etc/passwd')
    const lines = `120000 blob ${target}\tlink.yaml\n160000 commit ${repository.commit}\tmodule\n`
    const tree = await git(repository.path, ['mktree', '--missing'], lines)
    const author = ['-c', 'user.name=a', '-c', 'user.email=a@b.invalid']
    const commit = await git(repository.path, [...author, 'commit-tree', tree, '-m', 'links'])
    await git(repository.path, ['update-ref', 'refs/heads/links', commit])
    await source.fetch(remote('shop'))
    const entries = await source.entries('shop', commit, { path: '', recurse: true })
    expect(entries.map(({ path, mode, type }) => [path, mode, type])).toEqual([
      ['link.yaml', '120000', 'blob'],
      ['module', '160000', 'commit'],
    ])
    const hashes = await source.treeHashes('shop', commit, ['link.yaml/x', 'module/x', 'module'])
    expect([...hashes.values()]).toEqual([undefined, undefined, repository.commit])
  })

  it('leftover locks are removed, by a running and by a new process', async () => {
    const planted = ['packed-refs.lock', 'HEAD.lock', 'refs/heads/main.lock', 'index.lock', 'config.lock']
    for (const fresh of [false, true]) {
      const commit = await commitFiles(repository, { 'a/lock.yaml': `a: ${fresh}\n` })
      for (const lock of planted) await writeFile(join(cache(), 'shop.git', lock), '')
      const under = fresh ? new CommandLineGit({ cacheDir: cache(), logger: silentLogger }) : source
      expect((await under.fetch(remote('shop'))).get('refs/heads/main')).toBe(commit)
      if (fresh) await under.close()
    }
  })

  it('a damaged or vanished mirror is rebuilt by the next fetch', async () => {
    const damage: readonly ((path: string) => Promise<unknown>)[] = [
      (path) => rm(join(path, 'HEAD')),
      (path) => rm(join(path, 'objects'), { recursive: true }),
      (path) => writeFile(join(path, 'config'), 'not a config ['),
      (path) => rm(path, { recursive: true }),
      async (path) => {
        const files = await readdir(join(path, 'objects'), { recursive: true, withFileTypes: true })
        for (const file of files)
          if (file.isFile()) await truncate(join(file.parentPath, file.name), 0).catch(() => 0)
      },
    ]
    for (const [index, harm] of damage.entries()) {
      await harm(join(cache(), 'shop.git'))
      const commit = await commitFiles(repository, { 'a/harm.yaml': `a: ${index}\n` })
      const fresh = new CommandLineGit({ cacheDir: cache(), logger: silentLogger })
      expect((await fresh.fetch(remote('shop'))).get('refs/heads/main'), String(index)).toBe(commit)
      const hashes = await fresh.treeHashes('shop', commit, ['a'])
      expect(hashes.get('a')).toMatch(/^[0-9a-f]{40}$/)
      await fresh.close()
    }
  })

  it('an object that vanished under a reader is an error, and the next fetch heals it', async () => {
    const own = { ...remote('vanish') }
    const refs = await source.fetch(own)
    const commit = refs.get('refs/heads/main') ?? ''
    await rm(join(cache(), 'vanish.git', 'objects'), { recursive: true })
    await mkdir(join(cache(), 'vanish.git', 'objects'))
    await expect(source.entries('vanish', commit, { path: 'a', recurse: false })).rejects.toThrow()
    await source.fetch(own)
    expect(await source.entries('vanish', commit, { path: 'a', recurse: false })).not.toHaveLength(0)
  })

  it('A-21 one blob that is too large does not disturb other readers', async () => {
    const commit = await commitFiles(
      repository,
      { 'big/big.yaml': 'x'.repeat(11 * 1024 * 1024) },
      { branch: 'big' },
    )
    await source.fetch(remote('shop'))
    const [big] = await source.entries('shop', commit, { path: 'big', recurse: false })
    const small = await source.entries('shop', repository.commit, { path: 'a', recurse: false })
    const answers = await Promise.allSettled([
      source.read('shop', [big?.oid ?? '']),
      ...Array.from({ length: 20 }, () =>
        source.read(
          'shop',
          small.map(({ oid }) => oid),
        ),
      ),
    ])
    expect(answers[0]).toMatchObject({ status: 'rejected', reason: { code: 'BAD_USER_INPUT' } })
    for (const answer of answers.slice(1)) expect(answer.status).toBe('fulfilled')
  })

  it('a server that never answers is given up', async () => {
    const silent = createServer(() => undefined)
    await new Promise<void>((done) => silent.listen(0, '127.0.0.1', done))
    const { port } = silent.address() as AddressInfo
    const impatient = new CommandLineGit({ cacheDir: cache(), logger: silentLogger, listTimeoutMs: 300 })
    const answer = impatient.refs({ repositoryId: 'x', url: `http://127.0.0.1:${port}/x.git` })
    await expect(answer).rejects.toMatchObject({ code: 'TIMEOUT', retry: 'backoff' })
    silent.closeAllConnections()
    silent.close()
  })

  it('an empty repository has no refs, and is no error', async () => {
    await git(join(folder, 'remotes'), ['init', '--quiet', '--bare', 'empty.git'])
    const empty = { ...remote('empty'), url: `${server.url}/empty.git` }
    expect((await source.fetch(empty)).size).toBe(0)
    expect((await source.refs(empty)).size).toBe(0)
  })
})
