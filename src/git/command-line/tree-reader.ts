import { AppError } from '../../base/app-error.js'
import type { TreeEntry } from '../git-source.js'
import { parseTree, pathParts, type Tree, type TreeLine } from './git-tree.js'
import type { ObjectReader } from './object-reader.js'

/** Trees of a monorepo's upper folders are read again with every commit; those of single applications are not. */
const CACHED_LINES = 100_000
const MAX_TREE_BYTES = 64 * 1024 * 1024
const MAX_ENTRIES = 200_000
const MAX_DEPTH = 64

/** Walks trees by their oids: what did not change between two commits is not read again. */
export class TreeReader {
  private readonly objects: ObjectReader
  private readonly cache = new Map<string, Tree>()
  private cachedLines = 0

  constructor(objects: ObjectReader) {
    this.objects = objects
  }

  /** The oid (of a tree or a blob) at each path of a commit. */
  async oids(commit: string, paths: readonly string[]): Promise<ReadonlyMap<string, string | undefined>> {
    const root = await this.rootOid(commit)
    const found = new Map<string, string | undefined>()
    // One after the other: the folders they share are in the cache after the first.
    for (const path of paths) {
      const parts = pathParts(path)
      if (parts === undefined) found.set(path, undefined)
      else found.set(path, parts.length === 0 ? root : (await this.line(root, parts))?.oid)
    }
    return found
  }

  /** NOT_FOUND when the path is no folder; BAD_USER_INPUT when it holds more than can be looked at. */
  async entries(commit: string, path: string, recurse: boolean): Promise<readonly TreeEntry[]> {
    const parts = pathParts(path)
    const root = await this.rootOid(commit)
    const line = parts === undefined || parts.length === 0 ? undefined : await this.line(root, parts)
    const oid = parts?.length === 0 ? root : line?.type === 'tree' ? line.oid : undefined
    if (oid === undefined || parts === undefined) {
      const what = line === undefined ? 'does not exist' : 'is not a folder'
      throw new AppError('NOT_FOUND', `Path "${path}" ${what} at commit ${commit.slice(0, 12)}`)
    }
    const entries: TreeEntry[] = []
    await this.collect({ oid, prefix: parts.join('/'), depth: 0 }, recurse, entries)
    return entries
  }

  /** Ids of trees never change, but after a rebuild an object may be gone. */
  forget(): void {
    this.cache.clear()
    this.cachedLines = 0
  }

  private async collect(
    folder: { readonly oid: string; readonly prefix: string; readonly depth: number },
    recurse: boolean,
    entries: TreeEntry[],
  ): Promise<void> {
    const tree = await this.tree(folder.oid)
    if (folder.depth > MAX_DEPTH || entries.length + tree.size > MAX_ENTRIES) {
      const limit = `more than ${MAX_ENTRIES} files or ${MAX_DEPTH} levels of folders`
      throw new AppError('BAD_USER_INPUT', `Path "${folder.prefix}" holds ${limit}`)
    }
    for (const line of tree.values()) {
      const path = folder.prefix === '' ? line.name : `${folder.prefix}/${line.name}`
      entries.push({ path, mode: line.mode, type: line.type, oid: line.oid })
      if (recurse && line.type === 'tree') {
        await this.collect({ oid: line.oid, prefix: path, depth: folder.depth + 1 }, recurse, entries)
      }
    }
  }

  private async line(root: string, parts: readonly string[]): Promise<TreeLine | undefined> {
    let oid = root
    let line: TreeLine | undefined
    for (const [index, part] of parts.entries()) {
      line = (await this.tree(oid)).get(part)
      if (line === undefined) return undefined
      if (index < parts.length - 1 && line.type !== 'tree') return undefined
      oid = line.oid
    }
    return line
  }

  private async rootOid(commit: string): Promise<string> {
    const root = await this.objects.read(`${commit}^{tree}`, MAX_TREE_BYTES)
    if (root === undefined || root.type !== 'tree') {
      throw new AppError(
        'NOT_FOUND',
        `Commit ${commit.slice(0, 12)} is not in the mirror of the repository`,
        {
          retry: 'backoff',
        },
      )
    }
    this.remember(root.oid, parseTree(root.content, root.oid))
    return root.oid
  }

  private async tree(oid: string): Promise<Tree> {
    const cached = this.cache.get(oid)
    if (cached !== undefined) return cached
    const object = await this.objects.read(oid, MAX_TREE_BYTES)
    if (object === undefined || object.type !== 'tree') throw new Error(`missing tree ${oid}`)
    const tree = parseTree(object.content, oid)
    this.remember(oid, tree)
    return tree
  }

  /** Oldest out first; a tree larger than the whole cache is not kept. */
  private remember(oid: string, tree: Tree): void {
    if (tree.size > CACHED_LINES || this.cache.has(oid)) return
    this.cache.set(oid, tree)
    this.cachedLines += tree.size + 1
    for (const [oldest, lines] of this.cache) {
      if (this.cachedLines <= CACHED_LINES) return
      this.cache.delete(oldest)
      this.cachedLines -= lines.size + 1
    }
  }
}
