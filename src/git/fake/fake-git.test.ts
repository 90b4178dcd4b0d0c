import { gitSourceContract } from '../git-source.contract.js'
import { FakeGit } from './fake-git.js'

gitSourceContract('in memory', async () => {
  const source = new FakeGit()
  const url = 'https://git.example.com/org/repo'
  return {
    source,
    remote: { repositoryId: 'r1', url },
    commit: async (changes, branch) => source.commit(url, changes, branch),
    tag: async (name, commit) => source.setRef(url, `refs/tags/${name}`, commit),
    removeBranch: async (name) => source.setRef(url, `refs/heads/${name}`, undefined),
    close: async () => undefined,
  }
})
