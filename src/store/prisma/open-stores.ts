import { PrismaPg } from '@prisma/adapter-pg'
import pg from 'pg'
import type { Logger } from '../../base/logger.js'
import { freshnessLimits } from '../../engine/status/freshness.js'
import type { Stores } from '../stores.js'
import { COLUMN_TYPES } from './column-types.js'
import { Database } from './database.js'
import { PrismaClient } from './generated/client.js'
import { PrismaAccountStore } from './prisma-account-store.js'
import { PrismaApplicationFacts } from './prisma-application-facts.js'
import { PrismaApplicationList } from './prisma-application-list.js'
import { PrismaApplicationStore } from './prisma-application-store.js'
import { PrismaAuditChain } from './prisma-audit-chain.js'
import { PrismaAuditStore } from './prisma-audit-store.js'
import { PrismaAuditTrail } from './prisma-audit-trail.js'
import { PrismaClusterStore } from './prisma-cluster-store.js'
import { PrismaCredentialTemplateStore } from './prisma-credential-template-store.js'
import { PrismaFleetFacts } from './prisma-fleet-facts.js'
import { PrismaHeartbeatStore } from './prisma-heartbeat-store.js'
import { PrismaGarbageStore } from './prisma-garbage-store.js'
import { PrismaLeaseStore } from './prisma-lease-store.js'
import { PrismaLoginAttempts } from './prisma-login-attempts.js'
import { PrismaOperationStore } from './prisma-operation-store.js'
import { PrismaOutboxStore } from './prisma-outbox-store.js'
import { PrismaPendingWork } from './prisma-pending-work.js'
import { PrismaPolicyStore } from './prisma-policy-store.js'
import { PrismaProjectStore } from './prisma-project-store.js'
import { PrismaRenderStore } from './prisma-render-store.js'
import { PrismaRepositoryStore } from './prisma-repository-store.js'
import { PrismaSealedRows } from './prisma-sealed-rows.js'
import { PrismaSettingStore } from './prisma-setting-store.js'

export interface StoreOptions {
  readonly connectionString: string
  readonly logger: Logger
  /** Default 10. */
  readonly maxConnections?: number
  /** Seconds between two looks at a repository, jitter included; default 180. Statuses grow stale by it. */
  readonly pollSeconds?: number
}

const POLL_SECONDS = 180

/** Of each of our sessions, on any server: every statement is short, has a name and is run again and again. */
const SESSION = {
  // Planned once: a plan for the very values costs more than the statement (a page: 6 ms of planning for 0.6 ms of work).
  plan_cache_mode: 'force_generic_plan',
  // Disks without a head to move. Otherwise a table analysed while it was small is scanned for every key afterwards.
  random_page_cost: '1.1',
  jit: 'off',
  TimeZone: 'UTC',
}

/** All stores over one pool. Nothing is sent before the first use; the schema must be migrated. */
export function openStores(options: StoreOptions): Stores {
  const pool = new pg.Pool({
    connectionString: options.connectionString,
    max: options.maxConnections ?? 10,
    connectionTimeoutMillis: 5_000,
    // Connections stay: each has parsed the hot statements.
    idleTimeoutMillis: 0,
    statement_timeout: 30_000,
    keepAlive: true,
    application_name: 'lockstep',
    types: COLUMN_TYPES,
    options: Object.entries(SESSION)
      .map(([name, value]) => `-c ${name}=${value}`)
      .join(' '),
  })
  pool.on('error', (error) => options.logger.warn('A database connection broke', { reason: error.message }))
  const prisma = new PrismaClient({ adapter: new PrismaPg(pool) })
  const database = new Database(pool, prisma)
  return {
    applications: new PrismaApplicationStore(database),
    applicationFacts: new PrismaApplicationFacts(database),
    applicationList: new PrismaApplicationList(
      database,
      freshnessLimits(options.pollSeconds ?? POLL_SECONDS),
    ),
    operations: new PrismaOperationStore(database),
    projects: new PrismaProjectStore(database),
    repositories: new PrismaRepositoryStore(database),
    credentialTemplates: new PrismaCredentialTemplateStore(database),
    clusters: new PrismaClusterStore(database),
    heartbeats: new PrismaHeartbeatStore(database),
    renders: new PrismaRenderStore(database),
    accounts: new PrismaAccountStore(database),
    loginAttempts: new PrismaLoginAttempts(database),
    outbox: new PrismaOutboxStore(database),
    pendingWork: new PrismaPendingWork(database),
    audit: new PrismaAuditStore(database),
    auditTrail: new PrismaAuditTrail(database),
    auditChain: new PrismaAuditChain(database),
    policies: new PrismaPolicyStore(database),
    settings: new PrismaSettingStore(database),
    leases: new PrismaLeaseStore(database),
    garbage: new PrismaGarbageStore(database),
    sealedRows: new PrismaSealedRows(database),
    fleet: new PrismaFleetFacts(database, freshnessLimits(options.pollSeconds ?? POLL_SECONDS)),
    ping: async () => void (await database.rows({ name: 'ping', text: 'SELECT 1', values: [] })),
    close: () => database.close(),
  }
}
