/** How to reach a repository. Secrets never appear in argv, URLs, logs or errors. */
export interface GitRemote {
  /** Id of the repository record: the credential scope, and the name of the mirror on disk. */
  readonly repositoryId: string
  readonly url: string
  readonly username?: string
  readonly password?: string
  readonly insecureTls?: boolean
}

/** Refs of a remote, e.g. `refs/heads/main` → commit; annotated tags are peeled. `HEAD` is resolved to its target. */
export type RemoteRefs = ReadonlyMap<string, string>

export interface TreeEntry {
  /** Path from the repository root, `/`-separated. */
  readonly path: string
  readonly mode: string
  readonly type: 'blob' | 'tree' | 'commit'
  readonly oid: string
}

/** The folder to list: its entries, or all below it too. `''` or `.` is the root. */
export interface FolderToList {
  readonly path: string
  readonly recurse: boolean
}

/** A mirror of one repository on disk, read without a checkout. */
export abstract class GitSource {
  /** One `ls-remote`. Throws UPSTREAM_GIT (retry backoff) with the remote's own words, secrets masked. */
  abstract refs(remote: GitRemote): Promise<RemoteRefs>
  /** Fetches everything new into the mirror (created when missing, rebuilt when corrupt). */
  abstract fetch(remote: GitRemote): Promise<RemoteRefs>
  /** Is this commit in the mirror? */
  abstract has(repositoryId: string, commit: string): Promise<boolean>
  /** Tree oid of each path at a commit, `undefined` where the path is absent; `''` or `.` is the root. One call. */
  abstract treeHashes(
    repositoryId: string,
    commit: string,
    paths: readonly string[],
  ): Promise<ReadonlyMap<string, string | undefined>>
  /** Entries of a folder in Git's order; NOT_FOUND when the path is no folder at that commit. */
  abstract entries(repositoryId: string, commit: string, folder: FolderToList): Promise<readonly TreeEntry[]>
  /** Contents of blobs, through one long-lived `cat-file --batch`. Caps: 10 MiB per call by default. */
  abstract read(repositoryId: string, oids: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>>
  abstract close(): Promise<void>
}
