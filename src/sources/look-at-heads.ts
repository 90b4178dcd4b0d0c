import { AppError } from '../base/app-error.js'
import type { Clock } from '../base/clock.js'
import type { RemoteRefs } from '../git/git-source.js'
import type { RepositoryStore } from '../store/directory-stores.js'
import type { Fence, RepositoryHead, RepositoryRecord } from '../store/records.js'
import type { ContactRepository } from './contact-repository.js'
import { currentRefs, sameRefs } from './current-refs.js'

export interface LookAtHeadsDeps {
  readonly repositories: RepositoryStore
  readonly contact: ContactRepository
  readonly clock: Clock
}

/** Asks a remote where its refs are, without bringing anything. Runs in a turn of the repository. */
export class LookAtHeads {
  private readonly deps: LookAtHeadsDeps
  /** Milliseconds since 1970, by repository: one that does not answer is not asked for every application. */
  private readonly askedAt = new Map<string, number>()

  constructor(deps: LookAtHeadsDeps) {
    this.deps = deps
  }

  /** The refs when they moved. Heads where they were are noted as checked; what does not answer is told at its record. */
  async run(record: RepositoryRecord, fence: Fence | undefined): Promise<RemoteRefs | undefined> {
    return this.ask(record, await this.deps.repositories.heads(record.id), fence)
  }

  /** The same, unless it was seen or asked a moment ago, or never: then whoever renders first fetches it. */
  async unlessRecent(
    record: RepositoryRecord,
    recentMs: number,
    fence: Fence | undefined,
  ): Promise<RemoteRefs | undefined> {
    const heads = await this.deps.repositories.heads(record.id)
    const asked = [this.askedAt.get(record.id) ?? 0, ...heads.map(({ checkedAt }) => Date.parse(checkedAt))]
    const isRecent = this.deps.clock.now() - Math.max(...asked) < recentMs
    return heads.length === 0 || isRecent ? undefined : this.ask(record, heads, fence)
  }

  private async ask(
    record: RepositoryRecord,
    heads: readonly RepositoryHead[],
    fence: Fence | undefined,
  ): Promise<RemoteRefs | undefined> {
    const { repositories, contact, clock } = this.deps
    this.askedAt.set(record.id, clock.now())
    try {
      const refs = await contact.run(record, 'list')
      if (!sameRefs(refs, currentRefs(heads))) return refs
      await repositories.saveHeads(record.id, { refs, checkedAt: new Date(clock.now()).toISOString() }, fence)
    } catch (error) {
      if (!(error instanceof AppError)) throw error
    }
    return undefined
  }
}
