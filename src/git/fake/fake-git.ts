import { createHash } from 'node:crypto'
import { AppError } from '../../base/app-error.js'
import {
  GitSource,
  type FolderToList,
  type GitRemote,
  type RemoteRefs,
  type TreeEntry,
} from '../git-source.js'

/** What a file of a fake repository is: its text, `{ link }` for a symbolic link. */
export type FakeFile = string | { readonly link: string }

interface FakeTree {
  readonly oid: string
  readonly lines: ReadonlyMap<string, Omit<TreeEntry, 'path'>>
}

interface FakeRemote {
  readonly refs: Map<string, string>
  failure: AppError | undefined
}

const MAX_READ_BYTES = 10 * 1024 * 1024

/** Git in memory, with Git's own object ids, for tests: remotes by URL, mirrors by repository id. */
export class FakeGit extends GitSource {
  /** How often each method was called. */
  readonly calls = { refs: 0, fetch: 0, treeHashes: 0, entries: 0, read: 0 }
  private readonly remotes = new Map<string, FakeRemote>()
  /** Commits that a repository's mirror has. */
  private readonly mirrors = new Map<string, Set<string>>()
  private readonly commits = new Map<string, string>()
  private readonly files = new Map<string, ReadonlyMap<string, FakeFile>>()
  private readonly trees = new Map<string, FakeTree>()
  private readonly blobs = new Map<string, Buffer>()
  private counter = 0

  /** Adds, replaces or (with null) removes files on a branch, and answers the new commit. */
  commit(url: string, changes: Readonly<Record<string, FakeFile | null>>, branch = 'main'): string {
    const remote = this.remote(url)
    const parent = remote.refs.get(`refs/heads/${branch}`) ?? ''
    const files = new Map(this.files.get(parent))
    for (const [path, file] of Object.entries(changes)) {
      if (file === null) files.delete(path)
      else files.set(path, file)
    }
    this.counter += 1
    const tree = this.plant(files)
    const commit = oidOf('commit', Buffer.from(`tree ${tree}\nparent ${parent}\nnumber ${this.counter}\n`))
    this.commits.set(commit, tree)
    this.files.set(commit, files)
    remote.refs.set(`refs/heads/${branch}`, commit)
    if (branch === 'main') remote.refs.set('HEAD', commit)
    return commit
  }

  /** Sets a ref of the remote, or removes it. */
  setRef(url: string, ref: string, commit: string | undefined): void {
    const { refs } = this.remote(url)
    if (commit === undefined) refs.delete(ref)
    else refs.set(ref, commit)
  }

  /** Every further contact with this remote fails like this; undefined ends that. */
  failWith(url: string, failure: AppError | undefined): void {
    this.remote(url).failure = failure
  }

  async refs(remote: GitRemote): Promise<RemoteRefs> {
    this.calls.refs += 1
    return this.contact(remote)
  }

  async fetch(remote: GitRemote): Promise<RemoteRefs> {
    this.calls.fetch += 1
    const refs = this.contact(remote)
    const mirror = this.mirrors.get(remote.repositoryId) ?? new Set()
    for (const commit of refs.values()) mirror.add(commit)
    this.mirrors.set(remote.repositoryId, mirror)
    return refs
  }

  async has(repositoryId: string, commit: string): Promise<boolean> {
    return this.mirrors.get(repositoryId)?.has(commit) ?? false
  }

  async treeHashes(
    repositoryId: string,
    commit: string,
    paths: readonly string[],
  ): Promise<ReadonlyMap<string, string | undefined>> {
    this.calls.treeHashes += 1
    const root = this.rootOf(repositoryId, commit)
    return new Map(paths.map((path) => [path, this.find(root, path)?.oid]))
  }

  async entries(
    repositoryId: string,
    commit: string,
    { path, recurse }: FolderToList,
  ): Promise<readonly TreeEntry[]> {
    this.calls.entries += 1
    const found = this.find(this.rootOf(repositoryId, commit), path)
    if (found?.type !== 'tree') {
      const what = found === undefined ? 'does not exist' : 'is not a folder'
      throw new AppError('NOT_FOUND', `Path "${path}" ${what} at commit ${commit.slice(0, 12)}`)
    }
    return this.below(found.oid, partsOf(path)?.join('/') ?? '', recurse)
  }

  async read(repositoryId: string, oids: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>> {
    this.calls.read += 1
    const blobs = new Map<string, Uint8Array>()
    let total = 0
    for (const oid of oids) {
      const blob = this.blobs.get(oid)
      if (blob === undefined)
        throw new AppError('UPSTREAM_GIT', `Repository ${repositoryId} has no blob ${oid}`)
      total += blobs.has(oid) ? 0 : blob.length
      blobs.set(oid, blob)
    }
    if (total > MAX_READ_BYTES) {
      throw new AppError('BAD_USER_INPUT', 'The files to read are larger than the limit of 10 MiB together')
    }
    return blobs
  }

  async close(): Promise<void> {
    this.mirrors.clear()
  }

  private remote(url: string): FakeRemote {
    const remote = this.remotes.get(url) ?? { refs: new Map<string, string>(), failure: undefined }
    this.remotes.set(url, remote)
    return remote
  }

  private contact(remote: GitRemote): RemoteRefs {
    const known = this.remotes.get(remote.url)
    if (known === undefined) {
      throw new AppError('UPSTREAM_GIT', `Cannot fetch repository "${remote.url}": not found`, {
        retry: 'backoff',
      })
    }
    if (known.failure !== undefined) throw known.failure
    return new Map(known.refs)
  }

  private rootOf(repositoryId: string, commit: string): string {
    const root = this.mirrors.get(repositoryId)?.has(commit) === true ? this.commits.get(commit) : undefined
    if (root !== undefined) return root
    throw new AppError('NOT_FOUND', `Commit ${commit.slice(0, 12)} is not in the mirror of the repository`, {
      retry: 'backoff',
    })
  }

  private find(root: string, path: string): Omit<TreeEntry, 'path'> | undefined {
    const parts = partsOf(path)
    let found: Omit<TreeEntry, 'path'> | undefined = { oid: root, mode: '040000', type: 'tree' }
    for (const part of parts ?? ['..']) found = found && this.trees.get(found.oid)?.lines.get(part)
    return found
  }

  private below(oid: string, prefix: string, recurse: boolean): TreeEntry[] {
    return [...(this.trees.get(oid)?.lines ?? [])].flatMap(([name, line]) => {
      const path = prefix === '' ? name : `${prefix}/${name}`
      const deeper = recurse && line.type === 'tree' ? this.below(line.oid, path, true) : []
      return [{ path, ...line }, ...deeper]
    })
  }

  /** Stores the blobs and trees of these files; answers the oid of the root. */
  private plant(files: ReadonlyMap<string, FakeFile>): string {
    const folders = new Map<string, Map<string, FakeFile>>()
    const lines = new Map<string, Omit<TreeEntry, 'path'>>()
    for (const [path, file] of files) {
      const slash = path.indexOf('/')
      if (slash < 0) lines.set(path, this.plantBlob(file))
      else {
        const folder = folders.get(path.slice(0, slash)) ?? new Map<string, FakeFile>()
        folders.set(path.slice(0, slash), folder.set(path.slice(slash + 1), file))
      }
    }
    for (const [name, below] of folders) {
      lines.set(name, { oid: this.plant(below), mode: '040000', type: 'tree' })
    }
    return this.plantTree(lines)
  }

  private plantBlob(file: FakeFile): Omit<TreeEntry, 'path'> {
    const content = Buffer.from(typeof file === 'string' ? file : file.link, 'utf8')
    const oid = oidOf('blob', content)
    this.blobs.set(oid, content)
    return { oid, mode: typeof file === 'string' ? '100644' : '120000', type: 'blob' }
  }

  private plantTree(lines: ReadonlyMap<string, Omit<TreeEntry, 'path'>>): string {
    // Git sorts a folder as if its name ended in a slash.
    const key = ([name, line]: [string, Omit<TreeEntry, 'path'>]): Buffer =>
      Buffer.from(line.type === 'tree' ? `${name}/` : name)
    const sorted = [...lines].sort((a, b) => Buffer.compare(key(a), key(b)))
    const content = sorted.map(([name, { mode, oid }]) =>
      Buffer.concat([Buffer.from(`${mode.replace(/^0/, '')} ${name}\0`), Buffer.from(oid, 'hex')]),
    )
    const oid = oidOf('tree', Buffer.concat(content))
    this.trees.set(oid, { oid, lines: new Map(sorted) })
    return oid
  }
}

function oidOf(type: string, content: Buffer): string {
  return createHash('sha1').update(`${type} ${content.length}\0`).update(content).digest('hex')
}

function partsOf(path: string): readonly string[] | undefined {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.')
  return parts.includes('..') ? undefined : parts
}
