import { AppError } from '../base/app-error.js'
import { decide } from '../engine/access/decide.js'
import type { Principal } from '../engine/access/principal.js'
import type { AuditStore } from '../store/directory-stores.js'
import type { AuditEvent } from '../store/records.js'

const MAX_EVENTS = 500

/** The newest events of the trail. Whoever may read the settings may read all of it. */
export class ListAuditEvents {
  private readonly audit: AuditStore

  constructor(audit: AuditStore) {
    this.audit = audit
  }

  async run(principal: Principal, limit: number): Promise<readonly AuditEvent[]> {
    const refused = decide(principal, 'settings', 'get', 'audit')
    if (refused !== undefined) throw new AppError('FORBIDDEN', `Cannot read the audit trail: ${refused}`)
    return this.audit.list(Math.min(Math.max(1, limit), MAX_EVENTS))
  }
}
