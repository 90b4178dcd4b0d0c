import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { RemoteRefs } from '../git-source.js'
import { localEnvironment, remoteEnvironment, type GitEnvironmentOptions } from './git-environment.js'
import { isCorruptMirror, isStaleLock } from './git-error.js'
import { ObjectReader, READER_IDLE_MS } from './object-reader.js'
import { parseRefs } from './parse-refs.js'
import type { RemoteAddress } from './remote-address.js'
import { GitFailure, runGit } from './run-git.js'
import { TreeReader } from './tree-reader.js'

export interface MirrorOptions {
  readonly directory: string
  readonly environment: GitEnvironmentOptions
  readonly fetchTimeoutMs: number
  readonly readerIdleMs?: number | undefined
}

/** The remote's HEAD under a name of our own: HEAD of a mirror is not fetched with the refs. */
const REMOTE_HEAD = 'refs/lockstep/head'
const BRANCHES_AND_TAGS = ['+refs/heads/*:refs/heads/*', '+refs/tags/*:refs/tags/*']
/** Small fetches leave loose objects; they are packed now and then, and nothing is ever pruned under a reader. */
const FETCHES_BETWEEN_PACKS = 200
const LOCAL_TIMEOUT_MS = 30_000
const PACK_TIMEOUT_MS = 600_000
const MS_BETWEEN_REBUILDS = 60_000

/** One bare mirror on disk. Only this process writes it, one fetch at a time (the caller holds the lock). */
export class Mirror {
  readonly objects: ObjectReader
  readonly trees: TreeReader
  private readonly options: MirrorOptions
  private readonly local: Record<string, string>
  private prepared = false
  private damaged = false
  private rebuiltAt = -Infinity
  private fetches = 0

  constructor(options: MirrorOptions) {
    this.options = options
    this.local = localEnvironment(options.environment)
    const { directory, readerIdleMs: idleMs = READER_IDLE_MS } = options
    this.objects = new ObjectReader({ directory, idleMs, environment: this.local })
    this.trees = new TreeReader(this.objects)
  }

  /** A read found the mirror damaged: the next fetch makes it anew. */
  suspect(): void {
    this.damaged = true
  }

  /** Brings everything new; heals a leftover lock and a damaged mirror by itself. */
  async fetch(remote: RemoteAddress): Promise<RemoteRefs> {
    await this.prepare()
    try {
      await this.fetchRefs(remote)
    } catch (error) {
      if (!(error instanceof GitFailure)) throw error
      // Half a pack that nobody reads would keep a full disk full, for every other repository too.
      await removeLeftovers(this.options.directory)
      if (error.timedOut) throw error
      if (isCorruptMirror(error.words) && this.mayRebuild()) await this.rebuild()
      else if (!isStaleLock(error.words)) throw error
      await this.fetchRefs(remote)
    }
    await this.packNowAndThen()
    return this.refs()
  }

  close(): void {
    this.objects.close()
    this.trees.forget()
  }

  private async prepare(): Promise<void> {
    if (this.damaged && this.mayRebuild()) return this.rebuild()
    if (this.prepared) return
    await mkdir(this.options.environment.home, { recursive: true })
    if (await isRepository(this.options.directory)) await removeLeftovers(this.options.directory)
    else await this.create()
    this.prepared = true
  }

  private async rebuild(): Promise<void> {
    await this.create()
    this.damaged = false
    this.prepared = true
    this.rebuiltAt = performance.now()
  }

  /** The old mirror is renamed first, so that no reader ever sees half a repository under the right name. */
  private async create(): Promise<void> {
    this.close()
    const { directory } = this.options
    const discarded = `${directory}.discarded`
    await rm(discarded, { recursive: true, force: true })
    await rename(directory, discarded).catch(() => undefined)
    await rm(discarded, { recursive: true, force: true })
    await this.git(['init', '--quiet', '--bare', '--template=', '--', directory], LOCAL_TIMEOUT_MS)
  }

  /** Where a rebuild does not help, a full fetch every few seconds would only harm the remote. */
  private mayRebuild(): boolean {
    return performance.now() - this.rebuiltAt > MS_BETWEEN_REBUILDS
  }

  private async fetchRefs(remote: RemoteAddress): Promise<void> {
    try {
      await this.fetchRefspecs(remote, [...BRANCHES_AND_TAGS, `+HEAD:${REMOTE_HEAD}`])
    } catch (error) {
      // An empty repository, or one whose HEAD names a branch that does not exist.
      if (!(error instanceof GitFailure) || !/couldn't find remote ref HEAD/.test(error.words)) throw error
      await this.git([this.gitDir(), 'update-ref', '-d', REMOTE_HEAD], LOCAL_TIMEOUT_MS)
      await this.fetchRefspecs(remote, BRANCHES_AND_TAGS)
    }
  }

  private async fetchRefspecs(remote: RemoteAddress, refspecs: readonly string[]): Promise<void> {
    const flags = [
      '--quiet',
      '--prune',
      '--no-tags',
      '--force',
      '--no-write-fetch-head',
      '--no-auto-maintenance',
    ]
    await runGit({
      args: [this.gitDir(), 'fetch', ...flags, '--', remote.url, ...refspecs],
      environment: remoteEnvironment(this.options.environment, remote),
      timeoutMs: this.options.fetchTimeoutMs,
    })
  }

  private async refs(): Promise<RemoteRefs> {
    const format = '--format=%(objectname)%09%(refname)%0a%(*objectname)%09%(refname)^{}'
    const lines = await this.git([this.gitDir(), 'for-each-ref', format], LOCAL_TIMEOUT_MS)
    const refs = new Map(parseRefs(lines.toString('utf8')))
    const head = refs.get(REMOTE_HEAD)
    refs.delete(REMOTE_HEAD)
    if (head !== undefined) refs.set('HEAD', head)
    return refs
  }

  private async packNowAndThen(): Promise<void> {
    this.fetches += 1
    if (this.fetches % FETCHES_BETWEEN_PACKS !== 0) return
    await this.git([this.gitDir(), 'repack', '-d', '-l', '-q'], PACK_TIMEOUT_MS)
  }

  private gitDir(): string {
    return `--git-dir=${this.options.directory}`
  }

  private git(args: readonly string[], timeoutMs: number): Promise<Buffer> {
    return runGit({ args, environment: this.local, timeoutMs })
  }
}

async function isRepository(directory: string): Promise<boolean> {
  const names = await readdir(directory).catch((): string[] => [])
  return ['HEAD', 'objects', 'refs'].every((name) => names.includes(name))
}

/** What a killed Git leaves behind: locks, and packs that never became whole. */
async function removeLeftovers(directory: string): Promise<void> {
  const names = await readdir(directory, { recursive: true }).catch((): string[] => [])
  const leftovers = names.filter((name) =>
    /\.lock$|(^|\/)(tmp_|\.tmp-|incoming-|tmp_objdir-)[^/]*$/.test(name),
  )
  for (const name of leftovers) await rm(join(directory, name), { recursive: true, force: true })
}
