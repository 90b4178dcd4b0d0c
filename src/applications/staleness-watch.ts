import { reasonOf } from '../base/app-error.js'
import type { Logger } from '../base/logger.js'
import type { ApplicationList, FreshnessMark } from '../store/application-list.js'

type Listener = (applicationIds: readonly string[]) => void

/** A mark that turned stale is told this much later at most. */
const LOOK_EVERY_MS = 5_000

/**
 * Tells subscribers which applications are shown differently only because time went by: their cluster fell silent, a
 * repository was not checked, or both are back. One look per process and interval, while anybody listens.
 */
export class StalenessWatch {
  private readonly list: ApplicationList
  private readonly logger: Logger
  private readonly listeners = new Set<Listener>()
  private known: ReadonlyMap<string, string> | undefined
  private timer: NodeJS.Timeout | undefined

  constructor(list: ApplicationList, logger: Logger) {
    this.list = list
    this.logger = logger
  }

  /** Returns the function that ends it. */
  subscribe(listener: Listener): () => void {
    const own: Listener = (ids) => listener(ids)
    this.listeners.add(own)
    if (this.timer === undefined) void this.begin()
    return () => {
      this.listeners.delete(own)
      if (this.listeners.size > 0) return
      clearInterval(this.timer)
      this.timer = undefined
      this.known = undefined
    }
  }

  /** Any of them may be shown differently: events were missed, and nobody knows which. */
  async tellAll(listener: Listener): Promise<void> {
    try {
      listener((await this.list.identities({})).map(({ id }) => id))
    } catch (error) {
      this.logger.warn('what changed meanwhile could not be looked at', { reason: reasonOf(error) })
    }
  }

  private async begin(): Promise<void> {
    this.timer = setInterval(() => void this.look(), LOOK_EVERY_MS)
    this.timer.unref()
    await this.look()
  }

  /** The first look only learns; what changed before anybody listened was read by whoever came. */
  private async look(): Promise<void> {
    try {
      const marks = await this.list.freshnessMarks()
      const before = this.known
      this.known = new Map(marks.map((mark) => [keyOf(mark), mark.state]))
      if (before === undefined) return
      const changed = marks.filter((mark) => before.get(keyOf(mark)) !== mark.state)
      for (const mark of changed) this.tell(await this.list.identities(filterOf(mark)))
    } catch (error) {
      this.logger.warn('freshness could not be looked at', { reason: reasonOf(error) })
    }
  }

  private tell(applications: readonly { readonly id: string }[]): void {
    const ids = applications.map(({ id }) => id)
    if (ids.length > 0) for (const listener of [...this.listeners]) listener(ids)
  }
}

function keyOf({ kind, name }: FreshnessMark): string {
  return `${kind} ${name}`
}

function filterOf({ kind, name }: FreshnessMark) {
  return kind === 'cluster' ? { cluster: name } : { repository: name }
}
