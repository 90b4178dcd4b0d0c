import { reasonOf } from '../base/app-error.js'
import type { Logger } from '../base/logger.js'
import { KeyedQueue } from '../queue/keyed-queue.js'
import type { Sources } from '../sources/open-sources.js'
import { withLogContext } from '../telemetry/log-context.js'

const POLL_EVERY_MS = 2_000
const RETRY_SECONDS = 10
/** Repositories, and applications: those of one repository take their turn together. */
const CONCURRENCY = { repositories: 4, applications: 100 }

export interface SourceWorkerDeps {
  readonly sources: Sources
  readonly logger: Logger
  /** Is this process the one to fetch the repository? Default: it fetches all. */
  readonly owns?: (repositoryId: string) => boolean
}

/** Turns doorbells into fetches and renders: one at a time per repository. */
export class SourceWorker {
  readonly #deps: SourceWorkerDeps
  readonly #repositories: KeyedQueue
  readonly #applications: KeyedQueue
  #timer: NodeJS.Timeout | undefined

  constructor(deps: SourceWorkerDeps) {
    this.#deps = deps
    const onError = (key: string, error: unknown): number => {
      deps.logger.warn('a source could not be refreshed', { key, reason: reasonOf(error) })
      return RETRY_SECONDS
    }
    this.#repositories = new KeyedQueue({
      concurrency: CONCURRENCY.repositories,
      onError,
      run: (id) => withLogContext({ repository: id }, () => this.#follow(id)),
    })
    this.#applications = new KeyedQueue({
      concurrency: CONCURRENCY.applications,
      onError,
      run: (id) => withLogContext({ application: id }, () => this.#refresh(id)),
    })
  }

  /** False when another process is to fetch it. */
  wakeRepository(id: string): boolean {
    if (this.#deps.owns?.(id) === false) return false
    this.#repositories.add(id)
    return true
  }

  /** The repository is ours from now on: what came while nobody owned it is looked for at once. */
  gain(id: string): void {
    this.#repositories.add(id)
  }

  /** Renders an application whose spec is newer than what was rendered (its repository may be unknown). */
  wakeApplication(id: string): void {
    this.#applications.add(id)
  }

  start(): void {
    const poll = async (): Promise<void> => {
      try {
        await this.#deps.sources.pollRepositories.run()
      } catch (error) {
        this.#deps.logger.warn('repositories could not be polled', { reason: reasonOf(error) })
      }
      this.#timer = setTimeout(() => void poll(), POLL_EVERY_MS)
    }
    void poll()
  }

  /** Repositories and applications that wait or run. */
  get depth(): number {
    return this.#repositories.size + this.#applications.size
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer)
    await Promise.all([this.#repositories.close(), this.#applications.close()])
  }

  /** What was lost while it waited is its new owner's. */
  async #follow(id: string): Promise<number | undefined> {
    if (this.#deps.owns?.(id) === false) return undefined
    return (await this.#deps.sources.refreshRepository.run(id)).requeueAfterSeconds
  }

  async #refresh(id: string): Promise<number | undefined> {
    return (await this.#deps.sources.refreshApplication.run(id)).requeueAfterSeconds
  }
}
