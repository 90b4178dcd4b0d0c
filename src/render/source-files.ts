/** A file of a repository at a commit. `path` counts from the root of the repository. */
export interface SourceFile {
  readonly path: string
  readonly kind: 'file' | 'link' | 'folder' | 'submodule'
  readonly oid: string
}

export interface SourceFolder {
  readonly repositoryId: string
  readonly commit: string
  readonly path: string
}

/** All that a renderer sees of a repository: names and bytes at one commit, nothing of the machine. */
export abstract class SourceFiles {
  /** Directly below the folder, or all below it; NOT_FOUND when it is no folder at that commit. */
  abstract list(folder: SourceFolder, recurse: boolean): Promise<readonly SourceFile[]>
  /** Bytes by oid; BAD_USER_INPUT when they are more than 10 MiB together. */
  abstract read(repositoryId: string, oids: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>>
}
