import { AppError, reasonOf, stageOf } from '../base/app-error.js'
import { crashPoint } from '../base/crash-point.js'
import type { Logger } from '../base/logger.js'
import type { Destination } from '../engine/application/application.js'
import type { Cluster } from '../kube/cluster.js'
import type { ClusterConnection, ClusterConnector } from '../kube/cluster-connector.js'
import type { ApplicationStore } from '../store/application-store.js'
import type { ClusterStore } from '../store/directory-stores.js'
import type { ClusterRecord, Fence } from '../store/records.js'
import type { Vault } from '../vault/vault.js'
import { ClusterSession } from './cluster-session.js'
import type { Heartbeat } from './heartbeat.js'
import type { LiveIndexDeps } from './live-index.js'
import { NotTheOwner } from './not-the-owner.js'

export interface ClusterSessionsDeps {
  readonly clusters: ClusterStore
  readonly applications: ApplicationStore
  readonly connector: ClusterConnector
  readonly vault: Vault
  readonly logger: Logger
  readonly now: () => number
  readonly onChange: LiveIndexDeps['onChange']
  readonly heartbeat: Heartbeat
  /** A session begins: whatever was known of the cluster's applications has to be said again. */
  readonly onBegin: (clusterId: string) => void
  /** Another cluster answers at its address: its applications have to be told. */
  readonly onAnother?: (clusterId: string) => void
  /** Does this process own the cluster? Default: it owns all. */
  readonly owns?: (clusterId: string) => boolean
  /** Goes with writes of state about the cluster. Throws CONFLICT when another process owns it. Default: none. */
  readonly fence?: (clusterId: string) => Fence
}

/** The clusters that this process owns, connected when they are first needed. */
export class ClusterSessions {
  readonly #deps: ClusterSessionsDeps
  readonly #sessions = new Map<string, Promise<ClusterSession>>()
  readonly #ready = new Map<string, ClusterSession>()
  readonly #credentials = new Map<string, Uint8Array>()
  /** Cluster ids by the destinations that were asked for. */
  readonly #ids = new Map<string, string>()

  constructor(deps: ClusterSessionsDeps) {
    this.#deps = deps
  }

  /**
   * The session of a destination. Throws NOT_FOUND for an unknown cluster, UPSTREAM_CLUSTER when unreachable. Who just
   * read which cluster that is says so: an open session then costs no look at its record.
   */
  async of(destination: Destination, clusterId?: string): Promise<ClusterSession> {
    const opened = clusterId === undefined ? undefined : this.#sessions.get(clusterId)
    if (clusterId !== undefined && opened !== undefined && this.#deps.owns?.(clusterId) !== false) {
      this.#ids.set(textOf(destination), clusterId)
      return opened
    }
    const record = await this.#deps.clusters.byServerOrName(destination.server, destination.name)
    if (record === undefined) {
      const wanted = destination.name ?? destination.server ?? ''
      throw new AppError(
        'NOT_FOUND',
        `Destination cluster "${wanted}" is not known. Add it with "lockstep cluster add", or correct spec.destination.`,
      )
    }
    this.#ids.set(textOf(destination), record.id)
    return this.byRecord(record)
  }

  /**
   * The fence for state about what goes to this destination; undefined when it is no known cluster (so nobody owns it).
   * Throws CONFLICT when another process owns it.
   */
  fenceOf(destination: Destination): Fence | undefined {
    const id = this.#ids.get(textOf(destination))
    return id === undefined ? undefined : this.#deps.fence?.(id)
  }

  async byRecord(record: ClusterRecord): Promise<ClusterSession> {
    if (this.#deps.owns?.(record.id) === false) throw new NotTheOwner(record.name)
    const known = this.#sessions.get(record.id)
    if (known !== undefined) return known
    const opening = this.#open(record)
    this.#sessions.set(record.id, opening)
    try {
      return await opening
    } catch (error) {
      this.#sessions.delete(record.id)
      throw error
    }
  }

  /** Drops a session (cluster removed, credentials changed); the next use connects again. */
  async drop(clusterId: string): Promise<void> {
    const session = this.#sessions.get(clusterId)
    this.#deps.heartbeat.stop(clusterId)
    this.#sessions.delete(clusterId)
    this.#credentials.delete(clusterId)
    this.#ready.delete(clusterId)
    await (await session?.catch(() => undefined))?.close()
    // One that was still opening began to beat meanwhile.
    if (!this.#sessions.has(clusterId)) this.#deps.heartbeat.stop(clusterId)
  }

  /** Why nothing may be written to the cluster: it is not certain which one answers. Undefined when it is. */
  refuseWrite(clusterId: string): string | undefined {
    return this.#ready.get(clusterId)?.refuseWrite()
  }

  /** Drops the session of a cluster that was removed, or that has another credential or project than it was opened with. */
  async renew(clusterId: string): Promise<void> {
    const used = this.#credentials.get(clusterId)
    if (used === undefined) return
    const stored = await this.#deps.clusters.credential(clusterId)
    const isSame = stored !== undefined && Buffer.compare(stored, used) === 0
    if (!isSame || (await this.#changedHands(clusterId))) await this.drop(clusterId)
  }

  /** Projects are judged by the record that the session was opened with. */
  async #changedHands(clusterId: string): Promise<boolean> {
    const record = await this.#deps.clusters.get(clusterId)
    return record?.project !== this.#ready.get(clusterId)?.record.project
  }

  /** The sessions that are open now. */
  async opened(): Promise<readonly ClusterSession[]> {
    const sessions = await Promise.all([...this.#sessions.values()].map((one) => one.catch(() => undefined)))
    return sessions.flatMap((session) => session ?? [])
  }

  async close(): Promise<void> {
    await Promise.all([...this.#sessions.keys()].map((id) => this.drop(id)))
  }

  async #open(record: ClusterRecord): Promise<ClusterSession> {
    await this.#deps.heartbeat.begin(record.id)
    this.#deps.onBegin(record.id)
    const cluster = this.#deps.connector.connect(record.id, await this.#connection(record), record.name)
    const uid = await this.#identify(record, cluster)
    const { vault, logger, onChange, fence } = this.#deps
    const session = new ClusterSession({
      record,
      cluster,
      logger,
      onChange,
      hmac: (text) => vault.hmac(text),
      uid,
      fence: () => fence?.(record.id),
      onAnother: (found) => this.#onAnother(record, found),
    })
    this.#ready.set(record.id, session)
    await this.#loadForms(session)
    const blindKinds = (forMs: number) => session.blindKinds(forMs)
    void this.#deps.heartbeat.start({ id: record.id, cluster, blindKinds })
    crashPoint('S2:after')
    return session
  }

  /** Answers the uid, and leaves at the record how the first contact went. */
  async #identify(record: ClusterRecord, cluster: Cluster): Promise<string> {
    const at = new Date(this.#deps.now()).toISOString()
    const fence = this.#deps.fence?.(record.id)
    try {
      crashPoint('S2:before')
      const identity = await cluster.identity()
      if (record.uid !== undefined && record.uid !== identity.uid) throw anotherCluster(record, identity.uid)
      crashPoint('S2:mid')
      const connection = { status: 'Successful' as const, message: '', checkedAt: at }
      await this.#deps.clusters.saveConnection(record.id, connection, { identity, fence })
      return identity.uid
    } catch (error) {
      await cluster.close()
      const stage = stageOf(error)
      const failed = {
        status: 'Failed' as const,
        message: reasonOf(error),
        checkedAt: at,
        ...(stage && { stage }),
      }
      await this.#deps.clusters.saveConnection(record.id, failed, { fence })
      throw error
    }
  }

  /** The next use connects again, and refuses it with the reason. */
  #onAnother(record: ClusterRecord, found: string): void {
    this.#deps.logger.error('Another cluster answers at the address of a cluster: nothing is written to it', {
      cluster: record.name,
      found,
    })
    void this.drop(record.id).finally(() => this.#deps.onAnother?.(record.id))
  }

  async #loadForms(session: ClusterSession): Promise<void> {
    const applications = await this.#deps.applications.byCluster(session.record)
    const objects = await this.#deps.applications.inventories(
      applications.map((application) => application.id),
    )
    const sets = new Set(
      objects.flatMap((object) => (object.fieldSet === undefined ? [] : [object.fieldSet])),
    )
    session.forms.learnFieldSetTexts(await this.#deps.applications.fieldSets([...sets]))
    for (const object of objects) session.forms.set(object)
  }

  async #connection(record: ClusterRecord): Promise<ClusterConnection> {
    const sealed = await this.#deps.clusters.credential(record.id)
    if (sealed === undefined) {
      throw new AppError(
        'NOT_FOUND',
        `Cluster "${record.name}" has no stored credential. Remove it and add it again.`,
      )
    }
    this.#credentials.set(record.id, sealed)
    const at = { table: 'clusters', row: record.id, column: 'credential' }
    const plain = this.#deps.vault.open('clusters', at, sealed)
    return JSON.parse(new TextDecoder().decode(plain)) as ClusterConnection
  }
}

function textOf({ server, name }: Destination): string {
  return server === undefined ? `name ${name ?? ''}` : `server ${server}`
}

function anotherCluster(record: ClusterRecord, found: string): AppError {
  return new AppError(
    'CONFLICT',
    `Cluster "${record.name}" (${record.server}) is another cluster than before: its kube-system uid is ${found}, ` +
      `pinned is ${record.uid ?? ''}. Nothing is written to it. Remove the cluster and add it again if this is meant.`,
    { stage: 'IDENTITY' },
  )
}
