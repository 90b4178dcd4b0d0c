import { join } from 'node:path'
import { AppError } from '../../base/app-error.js'
import type { Logger } from '../../base/logger.js'
import {
  GitSource,
  type FolderToList,
  type GitRemote,
  type RemoteRefs,
  type TreeEntry,
} from '../git-source.js'
import { DEFAULT_SEARCH_PATH, remoteEnvironment, type GitEnvironmentOptions } from './git-environment.js'
import { gitError } from './git-error.js'
import { Mirror } from './mirror.js'
import { ObjectTooLarge } from './object-reader.js'
import { parseRefs } from './parse-refs.js'
import { pinAddress, type PrivateAddresses } from './pin-address.js'
import { remoteAddress, type RemoteAddress } from './remote-address.js'
import { runGit } from './run-git.js'

export interface CommandLineGitOptions {
  /** Holds the mirrors; may be emptied at any time while the program is down. One process per folder. */
  readonly cacheDir: string
  readonly logger: Logger
  /** Folders in which `git` is looked for. */
  readonly searchPath?: string
  /** Lets a remote be a path on this machine. Tests only: it reads whatever this program may read. */
  readonly allowLocalPaths?: boolean
  /** Whether remotes may have private or loopback addresses. Default `allow`. */
  readonly privateAddresses?: PrivateAddresses
  readonly listTimeoutMs?: number
  readonly fetchTimeoutMs?: number
  /** How long the process that reads a mirror outlives its last question; default 15 s. */
  readonly readerIdleMs?: number
  /** Most bytes of blobs that one `read` answers. */
  readonly maxReadBytes?: number
}

const COMMIT = /^([0-9a-f]{40}|[0-9a-f]{64})$/
const REPOSITORY_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/
const MAX_COMMIT_BYTES = 1024 * 1024
const RESOLVE_TIMEOUT_MS = 10_000

/** Git by the system's `git`, into bare mirrors that are read without a checkout. */
export class CommandLineGit extends GitSource {
  private readonly options: CommandLineGitOptions
  private readonly environment: GitEnvironmentOptions
  private readonly mirrors = new Map<string, Mirror>()
  private readonly turns = new Map<string, Promise<unknown>>()

  constructor(options: CommandLineGitOptions) {
    super()
    this.options = options
    this.environment = {
      searchPath: options.searchPath ?? DEFAULT_SEARCH_PATH,
      home: join(options.cacheDir, 'home'),
      allowLocalPaths: options.allowLocalPaths ?? false,
    }
  }

  async refs(remote: GitRemote): Promise<RemoteRefs> {
    const address = await this.address(remote)
    try {
      const lines = await runGit({
        args: ['ls-remote', '--quiet', '--', address.url, 'HEAD', 'refs/heads/*', 'refs/tags/*'],
        environment: remoteEnvironment(this.environment, address),
        timeoutMs: this.options.listTimeoutMs ?? 30_000,
      })
      return parseRefs(lines.toString('utf8'))
    } catch (error) {
      throw gitError(error, 'list the refs of', address)
    }
  }

  async fetch(remote: GitRemote): Promise<RemoteRefs> {
    const address = await this.address(remote)
    const mirror = this.mirror(remote.repositoryId)
    const startedAt = performance.now()
    try {
      const refs = await this.inTurn(remote.repositoryId, () => mirror.fetch(address))
      const milliseconds = Math.round(performance.now() - startedAt)
      this.options.logger.debug('Fetched repository', { repository: remote.repositoryId, milliseconds })
      return refs
    } catch (error) {
      throw gitError(error, 'fetch', address)
    }
  }

  async has(repositoryId: string, commit: string): Promise<boolean> {
    if (!COMMIT.test(commit)) return false
    const name = `${commit}^{commit}`
    const object = await this.mirror(repositoryId)
      .objects.read(name, MAX_COMMIT_BYTES)
      .catch(() => undefined)
    return object !== undefined
  }

  async treeHashes(
    repositoryId: string,
    commit: string,
    paths: readonly string[],
  ): Promise<ReadonlyMap<string, string | undefined>> {
    requireCommit(commit)
    return this.reading(repositoryId, (mirror) => mirror.trees.oids(commit, paths))
  }

  async entries(repositoryId: string, commit: string, folder: FolderToList): Promise<readonly TreeEntry[]> {
    requireCommit(commit)
    return this.reading(repositoryId, (mirror) => mirror.trees.entries(commit, folder.path, folder.recurse))
  }

  async read(repositoryId: string, oids: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>> {
    const distinct = [...new Set(oids)]
    for (const oid of distinct) requireCommit(oid)
    const maxBytes = this.options.maxReadBytes ?? 10 * 1024 * 1024
    return this.reading(repositoryId, async (mirror) => {
      const answers = distinct.map((oid) => mirror.objects.read(oid, maxBytes))
      const blobs = new Map<string, Uint8Array>()
      let total = 0
      for (const [index, object] of (await Promise.all(answers)).entries()) {
        const oid = distinct[index] ?? ''
        if (object === undefined) throw new Error(`missing blob ${oid}`)
        total += object.content.length
        if (total > maxBytes) throw new ObjectTooLarge(total)
        blobs.set(oid, object.content)
      }
      return blobs
    })
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.turns.values())
    for (const mirror of this.mirrors.values()) mirror.close()
    this.mirrors.clear()
  }

  /** Anything but our own errors means that the mirror cannot be trusted: say so, and let the next fetch rebuild it. */
  private async reading<T>(repositoryId: string, read: (mirror: Mirror) => Promise<T>): Promise<T> {
    const mirror = this.mirror(repositoryId)
    try {
      return await read(mirror)
    } catch (error) {
      if (error instanceof AppError) throw error
      if (error instanceof ObjectTooLarge) throw this.tooLarge()
      mirror.suspect()
      this.options.logger.warn('Found the mirror of a repository damaged', { repository: repositoryId })
      throw new AppError(
        'UPSTREAM_GIT',
        'Cannot read the mirror of the repository: it is damaged and is fetched anew',
        {
          retry: { afterSeconds: 1 },
          cause: error,
        },
      )
    }
  }

  private tooLarge(): AppError {
    const limit = Math.round((this.options.maxReadBytes ?? 10 * 1024 * 1024) / 1024 / 1024)
    return new AppError(
      'BAD_USER_INPUT',
      `The files to read are larger than the limit of ${limit} MiB together`,
    )
  }

  private mirror(repositoryId: string): Mirror {
    const known = this.mirrors.get(repositoryId)
    if (known !== undefined) return known
    if (!REPOSITORY_ID.test(repositoryId))
      throw new AppError('BAD_USER_INPUT', 'The id of the repository is no name')
    const mirror = new Mirror({
      directory: join(this.options.cacheDir, `${repositoryId}.git`),
      environment: this.environment,
      fetchTimeoutMs: this.options.fetchTimeoutMs ?? 600_000,
      readerIdleMs: this.options.readerIdleMs,
    })
    this.mirrors.set(repositoryId, mirror)
    return mirror
  }

  /** One at a time per repository, in the order of the calls. */
  private inTurn<T>(repositoryId: string, task: () => Promise<T>): Promise<T> {
    const before = this.turns.get(repositoryId) ?? Promise.resolve()
    const turn = before.then(task, task)
    this.turns.set(repositoryId, turn)
    const leave = (): void => {
      if (this.turns.get(repositoryId) === turn) this.turns.delete(repositoryId)
    }
    turn.then(leave, leave)
    return turn
  }

  private async address(remote: GitRemote): Promise<RemoteAddress> {
    return pinAddress(remoteAddress(remote, this.environment.allowLocalPaths), {
      privateAddresses: this.options.privateAddresses ?? 'allow',
      timeoutMs: RESOLVE_TIMEOUT_MS,
    })
  }
}

function requireCommit(id: string): void {
  if (!COMMIT.test(id)) throw new AppError('BAD_USER_INPUT', 'A full commit or object id is needed')
}
