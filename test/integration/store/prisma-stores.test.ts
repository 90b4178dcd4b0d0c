import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import { silentLogger } from '../../../src/base/logger.js'
import { applicationFactsContract } from '../../../src/store/application-facts.contract.js'
import { accountStoreContract } from '../../../src/store/account-store.contract.js'
import { applicationListContract } from '../../../src/store/application-list.contract.js'
import { applicationStoreContract } from '../../../src/store/application-store.contract.js'
import { auditChainContract } from '../../../src/store/audit-chain.contract.js'
import { auditTrailContract } from '../../../src/store/audit-trail.contract.js'
import { directoryStoresContract } from '../../../src/store/directory-stores.contract.js'
import { outboxStoreContract } from '../../../src/store/outbox-store.contract.js'
import { heartbeatStoreContract } from '../../../src/store/heartbeat-store.contract.js'
import { leaseStoreContract } from '../../../src/store/lease-store.contract.js'
import { operationStoreContract } from '../../../src/store/operation-store.contract.js'
import { pendingWorkContract } from '../../../src/store/pending-work.contract.js'
import { policyStoreContract } from '../../../src/store/policy-store.contract.js'
import {
  startEmbeddedPostgres,
  type EmbeddedPostgres,
} from '../../../src/store/postgres/embedded-postgres.js'
import { runMigrations } from '../../../src/store/postgres/run-migrations.js'
import { openStores } from '../../../src/store/prisma/open-stores.js'
import type { Stores } from '../../../src/store/stores.js'

let dir: string
let database: EmbeddedPostgres
let stores: Stores

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'lockstep-stores-'))
  database = await startEmbeddedPostgres({ dir, logger: silentLogger })
  await runMigrations(database.connectionString, { logger: silentLogger })
  stores = openStores({ connectionString: database.connectionString, logger: silentLogger })
})

afterAll(async () => {
  await stores.close()
  await database.stop()
  await rm(dir, { recursive: true, force: true })
})

const open = async () => stores

applicationStoreContract('prisma', open)
applicationFactsContract('prisma', open)
applicationListContract('prisma', open)
heartbeatStoreContract('prisma', open)
leaseStoreContract('prisma', open)
operationStoreContract('prisma', open)
pendingWorkContract('prisma', open)
directoryStoresContract('prisma', open)
outboxStoreContract('prisma', open)
auditTrailContract('prisma', open)
auditChainContract('prisma', open)
accountStoreContract('prisma', open)
policyStoreContract('prisma', open)
