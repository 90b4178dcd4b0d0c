import { isAutomated, type Application } from '../engine/application/application.js'
import type { ApplicationStatus } from '../engine/status/application-status.js'
import type { AutomatedSyncDecision } from '../engine/sync/decide-automated-sync.js'
import type { AuditStore } from '../store/directory-stores.js'
import { applicationAudit } from './sync-audit.js'

/**
 * Automated syncs that the policy did not want although the application differs. An application is judged again and
 * again: only another reason is another event.
 */
export class SkippedSyncs {
  readonly #audit: Pick<AuditStore, 'append'>
  readonly #reasons = new Map<string, string>()

  constructor(audit: Pick<AuditStore, 'append'>) {
    this.#audit = audit
  }

  async note(
    application: Application,
    status: ApplicationStatus,
    decision: AutomatedSyncDecision,
  ): Promise<void> {
    const { id, spec } = application
    if (status.sync !== 'OutOfSync' || !isAutomated(spec) || decision.kind !== 'none') {
      if (decision.kind !== 'wait') this.#reasons.delete(id)
      return
    }
    const { reason } = decision
    const told = JSON.stringify([reason, status.revisions])
    if (this.#reasons.get(id) === told) return
    this.#reasons.set(id, told)
    const details = { reason, revisions: [...status.revisions] }
    const audit = applicationAudit(application, { actor: 'system', action: 'skip-sync', details })
    await this.#audit.append({ audit, doorbells: [] })
  }

  forget(applicationId: string): void {
    this.#reasons.delete(applicationId)
  }
}
