import {
  GitSource,
  type FolderToList,
  type GitRemote,
  type RemoteRefs,
  type TreeEntry,
} from '../git/git-source.js'
import type { Metrics } from '../telemetry/metrics.js'

/** Counts and times what goes to Git servers; reads of the mirror pass as they are. */
export class MeasuredGit extends GitSource {
  readonly #git: GitSource
  readonly #metrics: Metrics

  constructor(git: GitSource, metrics: Metrics) {
    super()
    this.#git = git
    this.#metrics = metrics
  }

  override refs(remote: GitRemote): Promise<RemoteRefs> {
    return this.#timed('ls-remote', () => this.#git.refs(remote))
  }

  override fetch(remote: GitRemote): Promise<RemoteRefs> {
    return this.#timed('fetch', () => this.#git.fetch(remote))
  }

  override has(repositoryId: string, commit: string): Promise<boolean> {
    return this.#git.has(repositoryId, commit)
  }

  override treeHashes(repositoryId: string, commit: string, paths: readonly string[]) {
    return this.#git.treeHashes(repositoryId, commit, paths)
  }

  override entries(
    repositoryId: string,
    commit: string,
    folder: FolderToList,
  ): Promise<readonly TreeEntry[]> {
    return this.#git.entries(repositoryId, commit, folder)
  }

  override read(repositoryId: string, oids: readonly string[]) {
    return this.#git.read(repositoryId, oids)
  }

  override close(): Promise<void> {
    return this.#git.close()
  }

  async #timed<T>(type: string, work: () => Promise<T>): Promise<T> {
    const begin = performance.now()
    let outcome = 'failed'
    try {
      const answer = await work()
      outcome = 'done'
      return answer
    } finally {
      const seconds = (performance.now() - begin) / 1000
      this.#metrics.count('lockstep_git_request_total', { request_type: type, outcome })
      this.#metrics.observe('lockstep_git_request_duration_seconds', { request_type: type }, seconds)
    }
  }
}
