import { StatusFlusher, type StatusFlusherDeps } from '../../src/reconcile/status-flusher.js'
import type { Stores } from '../../src/store/stores.js'

/** Changes statuses as a cluster worker does: through its flusher, to the rows and the bus. */
export class StatusWriter {
  readonly #flusher: StatusFlusher
  readonly #ids: readonly string[]
  #turn = 0

  private constructor(deps: StatusFlusherDeps, ids: readonly string[]) {
    this.#flusher = new StatusFlusher(deps)
    this.#ids = ids
  }

  /** Of applications of the first project, which everybody sees. */
  static async open(deps: StatusFlusherDeps, { applicationList }: Stores): Promise<StatusWriter> {
    const seen = await applicationList.identities({ project: 'project-001' })
    return new StatusWriter(
      deps,
      seen.map(({ id }) => id),
    )
  }

  /** One application is told to be at another commit. */
  change(event: number): void {
    this.#turn += 1
    this.#flusher.offer({
      applicationId: this.#ids[event % this.#ids.length] ?? '',
      sync: 'Synced',
      health: { status: 'Healthy' },
      revisions: [this.#turn.toString(16).padStart(40, '0')],
      conditions: [],
      resources: [],
      observedGeneration: 1,
      observedAt: new Date().toISOString(),
    })
  }
}
