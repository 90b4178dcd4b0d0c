import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { silentLogger } from '../../../src/base/logger.js'
import { CommandLineGit } from '../../../src/git/command-line/command-line-git.js'
import { gitSourceContract } from '../../../src/git/git-source.contract.js'
import { commitFiles, createRepository, git, removeFiles } from '../../support/git-repository.js'
import { startGitServer } from '../../support/git-server.js'

gitSourceContract('the git command over HTTP', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'lockstep-git-'))
  const path = join(folder, 'repo.git')
  await git(folder, ['init', '--quiet', '--bare', '--initial-branch=main', path])
  const server = await startGitServer({ root: folder })
  const source = new CommandLineGit({ cacheDir: join(folder, 'cache'), logger: silentLogger })
  return {
    source,
    remote: { repositoryId: 'r1', url: `${server.url}/repo.git` },
    async commit(changes, branch = 'main') {
      const added = Object.entries(changes).filter((entry): entry is [string, string] => entry[1] !== null)
      const removed = Object.keys(changes).filter((file) => changes[file] === null)
      if (removed.length > 0) await removeFiles({ path }, removed, { branch })
      return commitFiles({ path }, Object.fromEntries(added), { branch })
    },
    async tag(name, commit) {
      const author = ['-c', 'user.name=Lockstep tests', '-c', 'user.email=tests@lockstep.invalid']
      await git(path, [...author, 'tag', '--annotate', '--message=release', name, commit])
    },
    async removeBranch(name) {
      await git(path, ['update-ref', '-d', `refs/heads/${name}`])
    },
    async close() {
      await server.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
})

describe('the processes of CommandLineGit', () => {
  it('end when nobody reads the repository, and start again with the next read', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'lockstep-git-'))
    const { commit } = await createRepository(folder, 'repo', { 'a.yaml': 'a: 1' })
    const server = await startGitServer({ root: folder })
    const cacheDir = join(folder, 'cache')
    const source = new CommandLineGit({ cacheDir, logger: silentLogger, readerIdleMs: 100 })
    try {
      await source.fetch({ repositoryId: 'r1', url: `${server.url}/repo.git` })
      for (let time = 0; time < 2; time += 1) {
        expect(await source.has('r1', commit)).toBe(true)
        expect(await readersOf(cacheDir)).toBe(1)
        await expect.poll(() => readersOf(cacheDir), { timeout: 5000 }).toBe(0)
      }
    } finally {
      await source.close()
      await server.stop()
      await rm(folder, { recursive: true, force: true })
    }
  })
})

async function readersOf(folder: string): Promise<number> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'args'])
  return stdout.split('\n').filter((line) => line.includes(folder) && line.includes('cat-file')).length
}
