import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { GitRemote, GitSource } from './git-source.js'

/** A remote that the suite changes, and the source under test. Made once per run. */
export interface GitSourceFixture {
  readonly source: GitSource
  readonly remote: GitRemote
  /** Changes files on a branch (null removes one) and answers the commit. */
  commit(changes: Readonly<Record<string, string | null>>, branch?: string): Promise<string>
  /** Makes an annotated tag. */
  tag(name: string, commit: string): Promise<void>
  removeBranch(name: string): Promise<void>
  close(): Promise<void>
}

/** What every GitSource keeps to; run for the fake and for the real one. */
export function gitSourceContract(name: string, open: () => Promise<GitSourceFixture>): void {
  describe(`GitSource: ${name}`, () => {
    let git: GitSourceFixture
    let first = ''

    beforeAll(async () => {
      git = await open()
      first = await git.commit({
        'README.md': 'hello\n',
        'apps/a/one.yaml': 'a: 1\n',
        'apps/a/deep/er/two.yaml': 'a: 2\n',
        'apps/b/one.yaml': 'a: 1\n',
      })
      await git.source.fetch(git.remote)
    })
    afterAll(async () => {
      await git.source.close()
      await git.close()
    })

    it('refs() names branches, peeled tags and HEAD', async () => {
      await git.tag('v1', first)
      const refs = await git.source.refs(git.remote)
      expect(refs.get('refs/heads/main')).toBe(first)
      expect(refs.get('refs/tags/v1')).toBe(first)
      expect(refs.get('HEAD')).toBe(first)
    })

    it('fetch() answers what refs() answers', async () => {
      expect(sorted(await git.source.fetch(git.remote))).toEqual(sorted(await git.source.refs(git.remote)))
    })

    it('has() knows commits only after they were fetched', async () => {
      const commit = await git.commit({ 'later.txt': 'later' }, 'later')
      expect(await git.source.has(git.remote.repositoryId, commit)).toBe(false)
      await git.source.fetch(git.remote)
      expect(await git.source.has(git.remote.repositoryId, commit)).toBe(true)
      expect(await git.source.has(git.remote.repositoryId, 'main')).toBe(false)
    })

    it('fetch() forgets refs that the remote removed', async () => {
      await git.commit({ 'x.txt': 'x' }, 'gone')
      expect((await git.source.fetch(git.remote)).has('refs/heads/gone')).toBe(true)
      await git.removeBranch('gone')
      expect((await git.source.fetch(git.remote)).has('refs/heads/gone')).toBe(false)
    })

    it('treeHashes() answers folders, files, the root and what is absent', async () => {
      const paths = [
        '',
        '.',
        'apps/a',
        'apps/a/',
        './apps/b',
        'README.md',
        'apps/none',
        'README.md/x',
        '../etc',
      ]
      const hashes = await git.source.treeHashes(git.remote.repositoryId, first, paths)
      expect(hashes.get('')).toMatch(/^[0-9a-f]{40}$/)
      expect(hashes.get('.')).toBe(hashes.get(''))
      expect(hashes.get('apps/a')).toMatch(/^[0-9a-f]{40}$/)
      expect(hashes.get('apps/a/')).toBe(hashes.get('apps/a'))
      expect(hashes.get('./apps/b')).not.toBe(hashes.get('apps/a'))
      expect(hashes.get('README.md')).toBe('ce013625030ba8dba906f756967f9e9ca394464a')
      for (const absent of ['apps/none', 'README.md/x', '../etc']) expect(hashes.get(absent)).toBeUndefined()
      expect([...hashes.keys()].sort()).toEqual([...paths].sort())
    })

    it('treeHashes() changes only along the path of a change', async () => {
      const second = await git.commit({ 'apps/a/one.yaml': 'a: 3\n' })
      await git.source.fetch(git.remote)
      const paths = ['', 'apps', 'apps/a', 'apps/a/deep', 'apps/b']
      const before = await git.source.treeHashes(git.remote.repositoryId, first, paths)
      const after = await git.source.treeHashes(git.remote.repositoryId, second, paths)
      expect(paths.filter((path) => before.get(path) !== after.get(path))).toEqual(['', 'apps', 'apps/a'])
    })

    it('entries() lists one folder, or all below it, in the order of Git', async () => {
      const flat = await git.source.entries(git.remote.repositoryId, first, {
        path: 'apps/a',
        recurse: false,
      })
      expect(flat.map(({ path, type }) => [path, type])).toEqual([
        ['apps/a/deep', 'tree'],
        ['apps/a/one.yaml', 'blob'],
      ])
      const all = await git.source.entries(git.remote.repositoryId, first, { path: '.', recurse: true })
      expect(all.filter(({ type }) => type === 'blob').map(({ path, mode }) => `${mode} ${path}`)).toEqual([
        '100644 README.md',
        '100644 apps/a/deep/er/two.yaml',
        '100644 apps/a/one.yaml',
        '100644 apps/b/one.yaml',
      ])
    })

    it('entries() refuses a path that is no folder', async () => {
      for (const path of ['apps/none', 'README.md', '../etc']) {
        const answer = git.source.entries(git.remote.repositoryId, first, { path, recurse: false })
        await expect(answer, path).rejects.toMatchObject({ code: 'NOT_FOUND' })
      }
    })

    it('read() answers the bytes of each blob', async () => {
      const entries = await git.source.entries(git.remote.repositoryId, first, { path: '', recurse: true })
      const oids = entries.filter(({ type }) => type === 'blob').map(({ oid }) => oid)
      const blobs = await git.source.read(git.remote.repositoryId, oids)
      const texts = oids.map((oid) => Buffer.from(blobs.get(oid) ?? []).toString('utf8'))
      expect(texts).toEqual(['hello\n', 'a: 2\n', 'a: 1\n', 'a: 1\n'])
    })

    it('read() refuses more than 10 MiB together', async () => {
      const half = 'x'.repeat(6 * 1024 * 1024)
      const commit = await git.commit({ 'big/1.yaml': `${half}1`, 'big/2.yaml': `${half}2` }, 'big')
      await git.source.fetch(git.remote)
      const entries = await git.source.entries(git.remote.repositoryId, commit, {
        path: 'big',
        recurse: false,
      })
      const answer = git.source.read(
        git.remote.repositoryId,
        entries.map(({ oid }) => oid),
      )
      await expect(answer).rejects.toMatchObject({ code: 'BAD_USER_INPUT', retry: 'never' })
    })

    it('fetch() of an unknown repository is UPSTREAM_GIT and worth another try', async () => {
      const remote = { ...git.remote, url: `${git.remote.url}-unknown`, repositoryId: 'unknown' }
      await expect(git.source.fetch(remote)).rejects.toMatchObject({ code: 'UPSTREAM_GIT', retry: 'backoff' })
    })
  })
}

function sorted(refs: ReadonlyMap<string, string>): (readonly [string, string])[] {
  return [...refs].sort(([a], [b]) => (a < b ? -1 : 1))
}
