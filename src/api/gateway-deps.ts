import type { DynamicModule, Type } from '@nestjs/common'
import type { LiveReads } from '../applications/live-reads.js'
import type { AuditProof } from '../audit/audit-proof.js'
import type { Clock, NewId } from '../base/clock.js'
import type { Logger } from '../base/logger.js'
import type { CredentialRenewal } from '../clusters/credential-renewal.js'
import type { ClusterProbe } from '../clusters/cluster-probe.js'
import type { EventBus } from '../events/event-bus.js'
import type { ConnectionCheck } from '../repositories/connection-check.js'
import type { ApplicationList } from '../store/application-list.js'
import type { ApplicationStore } from '../store/application-store.js'
import type { PolicyStore } from '../store/policy-store.js'
import type { AuditTrail } from '../store/audit-trail.js'
import type { CredentialTemplateStore } from '../store/credential-template-store.js'
import type { AccountStore } from '../store/account-store.js'
import type { LoginAttempts } from '../store/login-attempts.js'
import type {
  AuditStore,
  ClusterStore,
  ProjectStore,
  RepositoryStore,
  SettingStore,
} from '../store/directory-stores.js'
import type { HeartbeatStore } from '../store/heartbeat-store.js'
import type { OperationStore } from '../store/operation-store.js'
import type { Metrics } from '../telemetry/metrics.js'
import type { Vault } from '../vault/vault.js'
import type { GatewaySettings } from './gateway-settings.js'

export interface GatewayStores {
  readonly applications: ApplicationStore
  readonly applicationList: ApplicationList
  readonly operations: OperationStore
  readonly projects: ProjectStore
  readonly repositories: RepositoryStore
  readonly credentialTemplates: CredentialTemplateStore
  readonly clusters: ClusterStore
  readonly heartbeats: HeartbeatStore
  readonly accounts: AccountStore
  readonly loginAttempts: LoginAttempts
  readonly audit: AuditStore
  readonly auditTrail: AuditTrail
  readonly policies: PolicyStore
  readonly settings: SettingStore
}

/** Everything the gateway is made of; `main/` decides the technologies. */
export interface GatewayDeps {
  readonly stores: GatewayStores
  readonly vault: Vault
  readonly eventBus: EventBus
  readonly liveReads: LiveReads
  readonly connectionCheck: ConnectionCheck
  readonly clusterProbe: ClusterProbe
  readonly credentialRenewal: CredentialRenewal
  readonly auditProof: AuditProof
  readonly clock: Clock
  readonly newId: NewId
  readonly logger: Logger
  readonly settings: GatewaySettings
  /** Further Nest modules, e.g. webhooks. */
  readonly modules?: readonly (Type | DynamicModule)[]
  /** Paths of those modules' routes that answer without a session, as the routes are written. */
  readonly publicPaths?: readonly string[]
  /** Paths of those whose controller gets the body as bytes (`request.body`), because it is signed. */
  readonly rawPaths?: readonly string[]
  /** Why this process cannot serve now (a sentence), or undefined; asked by /readyz. */
  readonly notReady?: () => Promise<string | undefined>
  readonly metrics?: Metrics
}
