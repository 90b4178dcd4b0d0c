import type { GitRemote, GitSource } from '../git/git-source.js'
import { ConnectionCheck } from '../repositories/connection-check.js'

/** Asks the remote for its refs: reachable and readable with these credentials. */
export class GitConnectionCheck extends ConnectionCheck {
  readonly #git: GitSource

  constructor(git: GitSource) {
    super()
    this.#git = git
  }

  async check(remote: GitRemote): Promise<void> {
    await this.#git.refs(remote)
  }
}
