import type { GitSource, TreeEntry } from '../git/git-source.js'
import { SourceFiles, type SourceFile, type SourceFolder } from '../render/source-files.js'

/** Lets renderers read from mirrors: `git/` and `render/` do not know each other. */
export class GitSourceFiles extends SourceFiles {
  private readonly git: GitSource

  constructor(git: GitSource) {
    super()
    this.git = git
  }

  async list(folder: SourceFolder, recurse: boolean): Promise<readonly SourceFile[]> {
    const entries = await this.git.entries(folder.repositoryId, folder.commit, { path: folder.path, recurse })
    return entries.map((entry) => ({ path: entry.path, kind: kindOf(entry), oid: entry.oid }))
  }

  read(repositoryId: string, oids: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>> {
    return this.git.read(repositoryId, oids)
  }
}

function kindOf(entry: TreeEntry): SourceFile['kind'] {
  if (entry.type === 'tree') return 'folder'
  if (entry.type === 'commit') return 'submodule'
  return entry.mode === '120000' ? 'link' : 'file'
}
