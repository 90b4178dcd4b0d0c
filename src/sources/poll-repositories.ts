import { reasonOf } from '../base/app-error.js'
import type { Clock } from '../base/clock.js'
import type { Logger } from '../base/logger.js'
import type { RepositoryStore } from '../store/directory-stores.js'
import type { RepositoryRecord } from '../store/records.js'
import type { LookAtHeads } from './look-at-heads.js'
import type { RefreshRepository } from './refresh-repository.js'
import type { RepositoryTurns } from './repository-turns.js'

export interface PollRepositoriesDeps {
  readonly repositories: RepositoryStore
  readonly heads: LookAtHeads
  readonly refresh: RefreshRepository
  readonly turns: RepositoryTurns
  readonly clock: Clock
  readonly logger: Logger
  /** Between two looks at a repository; default 120. */
  readonly intervalSeconds?: number
  /** Added at random, so that not all are asked at once; default up to 60. */
  readonly jitterSeconds?: number
  /** From 0 to below 1. */
  readonly random: () => number
  /** Is this process the one to look into the repository? Default: it looks into all. */
  readonly owns?: (repositoryId: string) => boolean
}

const CONCURRENCY = 4

/**
 * Looks into the repositories whose time has come: one `ls-remote` each, never one per application. Unchanged heads
 * cost one row write (when they were checked) and no render.
 */
export class PollRepositories {
  private readonly deps: PollRepositoriesDeps
  /** Monotonic time of the next look, by repository. */
  private readonly dueAt = new Map<string, number>()
  private readonly requeued = new Set<string>()

  constructor(deps: PollRepositoriesDeps) {
    this.deps = deps
  }

  /** One pass; called every few seconds. One repository's failure is told at its record and stops no other. */
  async run(): Promise<void> {
    const all = await this.deps.repositories.list()
    // What was not ours until now has its first look: whoever looked before may have missed something.
    const records = all.filter(({ id }) => this.deps.owns?.(id) ?? true)
    this.forgetAllBut(records)
    const due = records.filter(({ id }) => (this.dueAt.get(id) ?? 0) <= this.deps.clock.monotonic())
    const next = due.values()
    await Promise.all(Array.from({ length: CONCURRENCY }, () => this.work(next)))
  }

  private async work(records: Iterator<RepositoryRecord> & Iterable<RepositoryRecord>): Promise<void> {
    for (const record of records) {
      const isFirst = !this.dueAt.has(record.id)
      this.schedule(record.id, undefined)
      try {
        await this.look(record, isFirst)
      } catch (error) {
        this.deps.logger.warn('A repository could not be polled', {
          repository: record.id,
          reason: reasonOf(error),
        })
      }
    }
  }

  /** The first look after a start is a full one: what happened while this program was away is in no memory. */
  private async look(record: RepositoryRecord, isFirst: boolean): Promise<void> {
    const isWhole = isFirst || record.connection.status !== 'Successful' || this.requeued.delete(record.id)
    if (!isWhole && (await this.isUnchanged(record))) return
    const { requeueAfterSeconds } = await this.deps.refresh.run(record.id)
    if (requeueAfterSeconds === undefined) return
    this.requeued.add(record.id)
    this.schedule(record.id, requeueAfterSeconds)
  }

  private isUnchanged(record: RepositoryRecord): Promise<boolean> {
    const { heads, turns } = this.deps
    return turns.run([record.id], async (fence) => (await heads.run(record, fence)) === undefined)
  }

  private schedule(id: string, afterSeconds: number | undefined): void {
    const { intervalSeconds = 120, jitterSeconds = 60, clock, random } = this.deps
    const seconds = afterSeconds ?? intervalSeconds + jitterSeconds * random()
    this.dueAt.set(id, clock.monotonic() + seconds * 1000)
  }

  private forgetAllBut(records: readonly RepositoryRecord[]): void {
    const known = new Set(records.map(({ id }) => id))
    for (const id of this.dueAt.keys()) if (!known.has(id)) this.dueAt.delete(id)
  }
}
