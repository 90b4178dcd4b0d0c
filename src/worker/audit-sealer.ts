import { reasonOf } from '../base/app-error.js'
import type { Logger } from '../base/logger.js'
import type { SealEvents } from '../audit/seal-events.js'

export interface AuditSealerDeps {
  readonly seal: SealEvents
  readonly logger: Logger
  /** Default 500: no event waits longer than a second. */
  readonly everyMs?: number
}

const EVERY_MS = 500
/** The end of the chain goes to the log now and then: a copy that whoever changes the database does not reach. */
const TELL_EVERY_MS = 60_000

/** Chains audit events soon after they are committed, in every worker: one of them is first. */
export class AuditSealer {
  readonly #deps: AuditSealerDeps
  #timer: NodeJS.Timeout | undefined
  #running: Promise<void> | undefined
  #closed = false
  #told = { position: 0, atMs: 0 }
  #failure = ''

  constructor(deps: AuditSealerDeps) {
    this.#deps = deps
  }

  /** Call once. */
  start(): void {
    this.#timer = setInterval(() => {
      this.#running ??= this.run().finally(() => (this.#running = undefined))
    }, this.#deps.everyMs ?? EVERY_MS)
    this.#timer.unref()
  }

  /** Chains all that waits; never rejects. */
  async run(): Promise<void> {
    try {
      for (;;) {
        const { more, end } = await this.#deps.seal.run()
        if (end !== undefined) this.#tell(end)
        if (!more || this.#closed) break
      }
      this.#failure = ''
    } catch (error) {
      this.#complain(reasonOf(error))
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    clearInterval(this.#timer)
    await this.#running
  }

  #tell({ position, hash }: { readonly position: number; readonly hash: string }): void {
    const now = performance.now()
    if (position < this.#told.position) {
      this.#complain(`the chain ended at position ${this.#told.position} and ends at ${position} now`)
      return
    }
    const isDue = this.#told.atMs === 0 || now - this.#told.atMs >= TELL_EVERY_MS
    if (position === this.#told.position || !isDue) return
    this.#told = { position, atMs: now }
    this.#deps.logger.info('the audit chain grew, this is an anchor', { position, hash })
  }

  /** Once per reason: it comes again twice a second. */
  #complain(reason: string): void {
    if (reason === this.#failure) return
    this.#failure = reason
    this.#deps.logger.error('audit events cannot be chained, they wait', { reason })
  }
}
