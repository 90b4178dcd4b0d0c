import type { GitRemote } from '../git/git-source.js'

/**
 * Looks whether a repository answers with these credentials. The gateway asks the source worker (in one process a
 * function call): it keeps nothing. Throws UPSTREAM_GIT or TIMEOUT with the remote's own words, secrets masked.
 */
export abstract class ConnectionCheck {
  abstract check(remote: GitRemote): Promise<void>
}
