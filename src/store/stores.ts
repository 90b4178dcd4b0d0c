import type { ApplicationFactsReader } from './application-facts.js'
import type { ApplicationList } from './application-list.js'
import type { ApplicationStore } from './application-store.js'
import type { AuditChain } from './audit-chain.js'
import type { AuditTrail } from './audit-trail.js'
import type { AccountStore } from './account-store.js'
import type { LoginAttempts } from './login-attempts.js'
import type {
  AuditStore,
  ClusterStore,
  OutboxStore,
  ProjectStore,
  RenderStore,
  RepositoryStore,
  SettingStore,
} from './directory-stores.js'
import type { CredentialTemplateStore } from './credential-template-store.js'
import type { FleetFacts } from './fleet-facts.js'
import type { GarbageStore } from './garbage-store.js'
import type { HeartbeatStore } from './heartbeat-store.js'
import type { LeaseStore } from './lease-store.js'
import type { PolicyStore } from './policy-store.js'
import type { PendingWork } from './pending-work.js'
import type { OperationStore } from './operation-store.js'
import type { SealedRows } from './sealed-rows.js'

/** All stores of one database. */
export interface Stores {
  readonly applications: ApplicationStore
  readonly applicationFacts: ApplicationFactsReader
  readonly applicationList: ApplicationList
  readonly operations: OperationStore
  readonly projects: ProjectStore
  readonly repositories: RepositoryStore
  readonly credentialTemplates: CredentialTemplateStore
  readonly clusters: ClusterStore
  readonly heartbeats: HeartbeatStore
  readonly renders: RenderStore
  readonly accounts: AccountStore
  readonly loginAttempts: LoginAttempts
  readonly outbox: OutboxStore
  readonly pendingWork: PendingWork
  readonly audit: AuditStore
  readonly auditTrail: AuditTrail
  readonly auditChain: AuditChain
  readonly policies: PolicyStore
  readonly settings: SettingStore
  readonly leases: LeaseStore
  /** Absent without a database. */
  readonly garbage?: GarbageStore
  /** For the rotation of keys; absent without a database. */
  readonly sealedRows?: SealedRows
  /** For monitoring; absent without a database. */
  readonly fleet?: FleetFacts
  /** Rejects when the database does not answer. */
  readonly ping?: () => Promise<void>
  close(): Promise<void>
}
