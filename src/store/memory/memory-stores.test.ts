import { applicationFactsContract } from '../application-facts.contract.js'
import { applicationListContract } from '../application-list.contract.js'
import { applicationStoreContract } from '../application-store.contract.js'
import { accountStoreContract } from '../account-store.contract.js'
import { auditChainContract } from '../audit-chain.contract.js'
import { auditTrailContract } from '../audit-trail.contract.js'
import { directoryStoresContract } from '../directory-stores.contract.js'
import { outboxStoreContract } from '../outbox-store.contract.js'
import { heartbeatStoreContract } from '../heartbeat-store.contract.js'
import { leaseStoreContract } from '../lease-store.contract.js'
import { operationStoreContract } from '../operation-store.contract.js'
import { pendingWorkContract } from '../pending-work.contract.js'
import { policyStoreContract } from '../policy-store.contract.js'
import { openMemoryStores } from './open-memory-stores.js'

const open = async () => openMemoryStores()

applicationStoreContract('memory', open)
applicationFactsContract('memory', open)
applicationListContract('memory', open)
heartbeatStoreContract('memory', open)
leaseStoreContract('memory', open)
operationStoreContract('memory', open)
pendingWorkContract('memory', open)
directoryStoresContract('memory', open)
outboxStoreContract('memory', open)
auditTrailContract('memory', open)
auditChainContract('memory', open)
accountStoreContract('memory', open)
policyStoreContract('memory', open)
