import type { GitRemote, GitSource } from '../git/git-source.js'
import { ConnectionCheck } from '../repositories/connection-check.js'
import type { RepositoryCredential } from '../sources/repository-credential.js'

/** Asks the remote for its refs: reachable, and readable with these credentials or, without any, with those of a template. */
export class GitConnectionCheck extends ConnectionCheck {
  readonly #git: GitSource
  readonly #credential: Pick<RepositoryCredential, 'templateFor'>

  constructor(git: GitSource, credential: Pick<RepositoryCredential, 'templateFor'>) {
    super()
    this.#git = git
    this.#credential = credential
  }

  async check(remote: GitRemote): Promise<void> {
    const hasOwn = remote.username !== undefined || remote.password !== undefined
    await this.#git.refs(hasOwn ? remote : { ...remote, ...(await this.#credential.templateFor(remote.url)) })
  }
}
