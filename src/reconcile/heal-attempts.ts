import type { ApplicationStatus } from '../engine/status/application-status.js'

const CALM_MS = 600_000

interface Attempts {
  readonly subject: string
  readonly count: number
  readonly lastAt: number
}

/** Self-heals in a row per application; another revision, another spec or ten calm minutes start the count again. */
export class HealAttempts {
  readonly #attempts = new Map<string, Attempts>()

  of(
    status: ApplicationStatus,
    now: number,
  ): { readonly count: number; readonly lastAt: number | undefined } {
    const known = this.#attempts.get(status.applicationId)
    if (known === undefined || known.subject !== subjectOf(status) || now - known.lastAt > CALM_MS) {
      return { count: 0, lastAt: undefined }
    }
    return { count: known.count, lastAt: known.lastAt }
  }

  note(status: ApplicationStatus, now: number): void {
    const count = this.of(status, now).count + 1
    this.#attempts.set(status.applicationId, { subject: subjectOf(status), count, lastAt: now })
  }

  forget(applicationId: string): void {
    this.#attempts.delete(applicationId)
  }
}

function subjectOf(status: ApplicationStatus): string {
  return `${status.observedGeneration} ${status.revisions.join(' ')}`
}
