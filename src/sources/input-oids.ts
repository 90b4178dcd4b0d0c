import type { InputOids } from '../engine/application/is-affected.js'
import type { GitSource } from '../git/git-source.js'
import type { ResolvedSource } from './resolve-sources.js'

/** Looks many paths up with one call per (repository, commit). */
export class InputTable {
  private readonly wanted = new Map<string, { readonly at: ResolvedSource; readonly paths: Set<string> }>()
  private readonly found = new Map<string, ReadonlyMap<string, string | undefined>>()

  want(at: ResolvedSource, paths: Iterable<string>): void {
    const entry = this.wanted.get(keyOf(at)) ?? { at, paths: new Set<string>() }
    for (const path of paths) entry.paths.add(path)
    this.wanted.set(keyOf(at), entry)
  }

  async load(git: GitSource): Promise<void> {
    for (const [key, { at, paths }] of this.wanted) {
      this.found.set(key, await git.treeHashes(at.repositoryId, at.commit, [...paths]))
    }
  }

  oids(at: ResolvedSource, paths: Iterable<string>): InputOids {
    const found = this.found.get(keyOf(at))
    return Object.fromEntries([...paths].map((path) => [path, found?.get(path) ?? null]))
  }
}

function keyOf({ repositoryId, commit }: ResolvedSource): string {
  return `${repositoryId} ${commit}`
}
