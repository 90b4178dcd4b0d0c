import { AppError, reasonOf } from '../base/app-error.js'
import type { NewId } from '../base/clock.js'
import type { Manifest } from '../engine/manifest/manifest.js'
import type { Cluster } from '../kube/cluster.js'
import type { ClusterConnection, ClusterConnector } from '../kube/cluster-connector.js'
import type { ClusterStore } from '../store/directory-stores.js'
import type { ClusterRecord } from '../store/records.js'
import type { Vault } from '../vault/vault.js'
import { CredentialRenewal, type RenewedCredential } from './credential-renewal.js'
import { tokenAccount, type TokenAccount } from './service-account-token.js'

export interface OwnCredentialRenewalDeps {
  readonly clusters: Pick<ClusterStore, 'get' | 'credential'>
  readonly connector: ClusterConnector
  readonly vault: Pick<Vault, 'open' | 'seal'>
  readonly newId: NewId
  readonly sleep: (milliseconds: number) => Promise<unknown>
  /** Whatever speaks with the cluster uses what is stored now. */
  readonly adopt: (clusterId: string) => Promise<void>
}

/** What is in use at a cluster now. */
interface InUse {
  readonly record: ClusterRecord
  readonly connection: ClusterConnection
  readonly account: TokenAccount
}

const TYPE = 'kubernetes.io/service-account-token'
const ACCOUNT = 'kubernetes.io/service-account.name'
const TRIES = 40
const PAUSE_MS = 250

/** Renews through the credential in use, for whoever owns the cluster. */
export class OwnCredentialRenewal extends CredentialRenewal {
  readonly #deps: OwnCredentialRenewalDeps

  constructor(deps: OwnCredentialRenewalDeps) {
    super()
    this.#deps = deps
  }

  override async renew(clusterId: string): Promise<RenewedCredential> {
    const { record, connection, account } = await this.#inUse(clusterId)
    const bearerToken = await this.#using(record, connection, (cluster) => this.#issue(cluster, account))
    const renewed = { ...connection, bearerToken }
    await this.#using(record, renewed, (cluster) => requireSame(record, cluster))
    return {
      sealed: this.#sealed(clusterId, renewed),
      account: `${account.namespace}/${account.name}`,
      ...(account.secret !== undefined && { former: account.secret }),
    }
  }

  override async retire(clusterId: string, secret: string): Promise<void> {
    const { record, connection, account } = await this.#inUse(clusterId)
    if (account.secret === secret) throw cannot(record, 'its Secret is the one in use')
    await this.#deps.adopt(clusterId)
    await this.#using(record, connection, async (cluster) => {
      const key = secretKey(account, secret)
      const found = await cluster.get(key)
      if (found === undefined) return
      const uid = found.metadata['uid']
      const isToken = found['type'] === TYPE && found.metadata.annotations?.[ACCOUNT] === account.name
      if (!isToken || typeof uid !== 'string')
        throw cannot(record, `Secret "${secret}" holds no token of its account`)
      await cluster.delete(key, { uid })
    })
  }

  /** A Secret that the token controller of the cluster fills; it goes when it stays empty. */
  async #issue(cluster: Cluster, account: TokenAccount): Promise<string> {
    const name = `${account.name.slice(0, 200)}-lockstep-${this.#deps.newId().slice(0, 8)}`
    const key = secretKey(account, name)
    await cluster.apply(tokenSecret(account, name))
    for (let count = 0; count < TRIES; count += 1) {
      const token = tokenOf(await cluster.get(key))
      if (token !== undefined) return token
      await this.#deps.sleep(PAUSE_MS)
    }
    await cluster.delete(key)
    throw new AppError(
      'UPSTREAM_CLUSTER',
      `Cannot renew the credential: the cluster put no token into Secret "${account.namespace}/${name}" within ${(TRIES * PAUSE_MS) / 1000} s. Check that ServiceAccount "${account.name}" exists there and that the controller manager runs.`,
      { retry: 'backoff' },
    )
  }

  async #inUse(clusterId: string): Promise<InUse> {
    const { clusters, vault } = this.#deps
    const record = await clusters.get(clusterId)
    const sealed = await clusters.credential(clusterId)
    if (record === undefined || sealed === undefined)
      throw new AppError('NOT_FOUND', 'The cluster is not connected any more.')
    const plain = vault.open('clusters', placeOf(clusterId), sealed)
    const connection = JSON.parse(new TextDecoder().decode(plain)) as ClusterConnection
    const account = tokenAccount(connection.bearerToken ?? '')
    if (account === undefined)
      throw cannot(record, 'it is not the token of a ServiceAccount, and only such a token can be renewed')
    return { record, connection, account }
  }

  async #using<T>(
    record: ClusterRecord,
    connection: ClusterConnection,
    run: (cluster: Cluster) => Promise<T>,
  ): Promise<T> {
    const cluster = this.#deps.connector.connect(record.id, connection, record.name)
    try {
      return await run(cluster)
    } finally {
      await cluster.close()
    }
  }

  #sealed(clusterId: string, connection: ClusterConnection): Uint8Array {
    const plain = new TextEncoder().encode(JSON.stringify(connection))
    return this.#deps.vault.seal('clusters', placeOf(clusterId), plain)
  }
}

function tokenSecret(account: TokenAccount, name: string): Manifest {
  const labels = { 'app.kubernetes.io/managed-by': 'lockstep' }
  const annotations = { [ACCOUNT]: account.name }
  const metadata = { name, namespace: account.namespace, labels, annotations }
  return { apiVersion: 'v1', kind: 'Secret', metadata, type: TYPE }
}

function tokenOf(secret: Manifest | undefined): string | undefined {
  const fields = secret?.['data']
  const entries = typeof fields === 'object' && fields !== null ? Object.entries(fields) : []
  const encoded: unknown = entries.find(([name]) => name === 'token')?.[1]
  if (typeof encoded !== 'string' || encoded === '') return undefined
  return Buffer.from(encoded, 'base64').toString('utf8')
}

/** The controller may have filled the Secret before all API servers accept its token. */
async function requireSame(record: ClusterRecord, cluster: Cluster): Promise<void> {
  const { uid } = await cluster.identity().catch((error: unknown) => {
    throw cannot(record, `the new token is not accepted: ${reasonOf(error)}`)
  })
  if (record.uid !== undefined && uid !== record.uid)
    throw cannot(record, 'another cluster answers at its address now')
}

function secretKey({ namespace }: TokenAccount, name: string) {
  return { group: '', kind: 'Secret', namespace, name }
}

function placeOf(row: string) {
  return { table: 'clusters', row, column: 'credential' }
}

function cannot({ name }: ClusterRecord, reason: string): AppError {
  return new AppError(
    'BAD_USER_INPUT',
    `Cannot renew the credential of cluster "${name}": ${reason}. To give it another one, add it again (lockstep cluster add CONTEXT --upsert).`,
  )
}
