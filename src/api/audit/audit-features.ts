import { ExportAudit } from '../../audit/export-audit.js'
import { ProveAudit } from '../../audit/prove-audit.js'
import { RecordDenials } from '../../audit/record-denials.js'
import { SearchAudit } from '../../audit/search-audit.js'
import type { GatewayDeps } from '../gateway-deps.js'

/** One for the process: it counts what comes again. */
export function createDenials({ stores, clock, logger }: GatewayDeps): RecordDenials {
  return new RecordDenials({ audit: stores.audit, clock, logger })
}

export function auditFeatures({ stores, auditProof }: GatewayDeps): readonly object[] {
  const { audit, auditTrail } = stores
  return [new SearchAudit(auditTrail), new ExportAudit(auditTrail, audit), new ProveAudit(auditProof)]
}
