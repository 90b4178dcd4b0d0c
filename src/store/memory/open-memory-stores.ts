import { freshnessLimits } from '../../engine/status/freshness.js'
import type { Stores } from '../stores.js'
import { Ledger } from './ledger.js'
import { MemoryAccountStore } from './memory-account-store.js'
import { MemoryApplicationFacts } from './memory-application-facts.js'
import { MemoryApplicationList } from './memory-application-list.js'
import { emptyApplicationRows, MemoryApplicationStore } from './memory-application-store.js'
import { MemoryAuditChain } from './memory-audit-chain.js'
import { MemoryAuditTrail } from './memory-audit-trail.js'
import { MemoryClusterStore } from './memory-cluster-store.js'
import { MemoryCredentialTemplateStore } from './memory-credential-template-store.js'
import { MemoryHeartbeatStore } from './memory-heartbeat-store.js'
import {
  MemoryAuditStore,
  MemoryOutboxStore,
  MemoryProjectStore,
  MemoryRenderStore,
  MemorySettingStore,
} from './memory-directory-stores.js'
import { MemoryLeaseStore } from './memory-lease-store.js'
import { MemoryLoginAttempts } from './memory-login-attempts.js'
import { MemoryOperationStore } from './memory-operation-store.js'
import { MemoryPolicyStore } from './memory-policy-store.js'
import { MemoryPendingWork } from './memory-pending-work.js'
import { MemoryRepositoryStore } from './memory-repository-store.js'

const POLL_SECONDS = 180

/** All stores without a database: for tests. */
export function openMemoryStores(): Stores {
  const ledger = new Ledger()
  const rows = emptyApplicationRows()
  const leases = new MemoryLeaseStore()
  const operations = new MemoryOperationStore({ ledger, leases, rows })
  const repositories = new MemoryRepositoryStore(ledger, leases)
  const clusters = new MemoryClusterStore(ledger, leases)
  const heartbeats = new MemoryHeartbeatStore({ rows, clusters, leases })
  const pendingWork = new MemoryPendingWork({ rows, clusters, operations })
  const limits = freshnessLimits(POLL_SECONDS)
  const applications = new MemoryApplicationStore({ rows, ledger, leases })
  const projects = new MemoryProjectStore(ledger)
  return {
    applications,
    applicationFacts: new MemoryApplicationFacts({
      applications,
      clusters,
      operations,
      projects,
      repositories,
    }),
    applicationList: new MemoryApplicationList({
      rows,
      clusters,
      repositories,
      heartbeats,
      operations,
      limits,
    }),
    operations,
    projects,
    repositories,
    credentialTemplates: new MemoryCredentialTemplateStore(ledger),
    clusters,
    heartbeats,
    renders: new MemoryRenderStore(),
    accounts: new MemoryAccountStore(ledger, projects),
    loginAttempts: new MemoryLoginAttempts(),
    outbox: new MemoryOutboxStore(ledger, rows, pendingWork),
    pendingWork,
    audit: new MemoryAuditStore(ledger),
    auditTrail: new MemoryAuditTrail(ledger),
    auditChain: new MemoryAuditChain(ledger),
    policies: new MemoryPolicyStore(ledger),
    settings: new MemorySettingStore(ledger),
    leases,
    close: async () => undefined,
  }
}
