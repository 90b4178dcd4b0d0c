import { AppError } from '../../base/app-error.js'
import type { ApiCatalog, ApiKind } from '../../engine/manifest/api-catalog.js'
import { keyOf, type Manifest } from '../../engine/manifest/manifest.js'
import { type GroupKind, type ResourceKey } from '../../engine/manifest/resource-key.js'
import {
  Cluster,
  type Applied,
  type ApplyOptions,
  type ClusterIdentity,
  type DeleteOptions,
  type JsonPatchOperation,
  type LogOptions,
  type Watch,
  type WatchListener,
  type WatchOptions,
  type WriteOptions,
} from '../cluster.js'
import { CatalogCache } from './catalog-cache.js'
import { discover } from './discovery.js'
import type { Answer } from './exchange.js'
import { logLines } from './log-stream.js'
import { listWhole } from './paged-list.js'
import { probeServer } from './probe-server.js'
import { readIdentity } from './read-identity.js'
import type { ReflectorTiming } from './reflector-options.js'
import { Reflector } from './reflector.js'
import { RequestSender } from './request-sender.js'
import { collectionPath, objectPath } from './resource-path.js'
import type { RequestSubject } from './to-app-error.js'
import { warningsOf } from './warning-header.js'
import type { StreamOptions } from './watch-stream.js'

const FIELD_MANAGER = 'argocd-controller'
const POLICY = { foreground: 'Foreground', background: 'Background', orphan: 'Orphan' } as const

export interface UndiciClusterOptions {
  readonly id: string
  /** What errors call it. */
  readonly name: string
  readonly stream: StreamOptions
  readonly timing: ReflectorTiming
  readonly namespaces?: readonly string[] | undefined
}

/**
 * A cluster over HTTPS with undici. A write waits at most its own 8 s for its turn, so callers keep few (about 32)
 * writes under way per cluster; beyond that some are refused unsent with RATE_LIMITED.
 */
export class UndiciCluster extends Cluster {
  readonly id: string
  private readonly options: UndiciClusterOptions
  private readonly sender: RequestSender
  private readonly catalogs: CatalogCache
  private readonly watches = new Set<Watch>()

  constructor(options: UndiciClusterOptions) {
    super()
    this.id = options.id
    this.options = options
    this.sender = new RequestSender(options.stream)
    this.catalogs = new CatalogCache(options.name, () => discover(this.sender, options.name))
  }

  async identity(): Promise<ClusterIdentity> {
    return readIdentity(this.sender, this.options.name)
  }

  async probe(): Promise<void> {
    await probeServer(this.sender, this.options.name)
  }

  async catalog(fresh = false): Promise<ApiCatalog> {
    return this.catalogs.read(fresh)
  }

  async get(key: ResourceKey): Promise<Manifest | undefined> {
    const kind = await this.catalogs.find(key)
    if (kind === undefined) return undefined
    const subject = this.subject('read', key, false)
    const answer = await this.sender.send({
      method: 'GET',
      path: objectPath(kind, key.namespace, key.name),
      subject,
    })
    if (answer.status === 404 && isStatus(answer)) return undefined
    if (answer.status !== 200) throw this.sender.failure(answer, subject)
    return this.readObject(answer, subject)
  }

  async list(group: GroupKind, namespace?: string): Promise<readonly Manifest[]> {
    const kind = await this.catalogs.require(group)
    const namespaces = namespace === undefined ? this.scopesOf(kind) : [namespace]
    const lists = await Promise.all(
      namespaces.map((each) =>
        listWhole(this.sender, { clusterId: this.options.name, kind, namespace: each }),
      ),
    )
    return lists.flatMap((list) => list.objects)
  }

  async apply(manifest: Manifest, options: ApplyOptions = {}): Promise<Applied> {
    const key = keyOf(manifest)
    const path = await this.declaredPath(manifest)
    const subject = this.subject(options.dryRun === true ? 'dry-run' : 'apply', key, options.dryRun !== true)
    const answer = await this.sender.sendOk({
      method: 'PATCH',
      path: `${path}?${applyQuery(options)}`,
      subject,
      contentType: 'application/apply-patch+yaml',
      body: JSON.stringify(manifest),
    })
    const object = this.readObject(answer, subject)
    return { object, created: answer.status === 201, warnings: warningsOf(answer) }
  }

  async replace(
    manifest: Manifest,
    { resourceVersion, ...options }: WriteOptions & { readonly resourceVersion: string },
  ): Promise<Applied> {
    const body = { ...manifest, metadata: { ...manifest.metadata, resourceVersion } }
    return this.writeWhole('PUT', body, options)
  }

  async create(manifest: Manifest, options: WriteOptions = {}): Promise<Applied> {
    return this.writeWhole('POST', manifest, options)
  }

  async patch(key: ResourceKey, operations: readonly JsonPatchOperation[]): Promise<Manifest> {
    const kind = await this.catalogs.require(key)
    const subject = this.subject('patch', key, true)
    const answer = await this.sender.sendOk({
      method: 'PATCH',
      path: `${objectPath(kind, key.namespace, key.name)}?fieldManager=${FIELD_MANAGER}`,
      subject,
      contentType: 'application/json-patch+json',
      body: JSON.stringify(operations),
    })
    return this.readObject(answer, subject)
  }

  async delete(key: ResourceKey, options: DeleteOptions = {}): Promise<boolean> {
    const kind = await this.catalogs.find(key)
    if (kind === undefined) return false
    const { uid, resourceVersion, propagation } = options
    const preconditions =
      uid === undefined && resourceVersion === undefined ? undefined : { uid, resourceVersion }
    const subject = this.subject('delete', key, true)
    const answer = await this.sender.send({
      method: 'DELETE',
      path: objectPath(kind, key.namespace, key.name),
      subject,
      contentType: 'application/json',
      body: JSON.stringify({
        apiVersion: 'v1',
        kind: 'DeleteOptions',
        propagationPolicy: propagation === undefined ? undefined : POLICY[propagation],
        preconditions,
      }),
    })
    if (answer.status === 404 && isStatus(answer)) return false
    if (answer.status < 200 || answer.status > 299) throw this.sender.failure(answer, subject)
    return true
  }

  logs(
    pod: Pick<ResourceKey, 'namespace' | 'name'>,
    options: LogOptions,
    signal: AbortSignal,
  ): AsyncIterable<string> {
    const key = { group: '', kind: 'Pod', ...pod }
    const subject = this.subject('read the log of', key, false)
    return logLines({ stream: this.options.stream, pod, subject }, options, signal)
  }

  watch(kind: GroupKind, listener: WatchListener, { namespace }: WatchOptions = {}): Watch {
    const reflector = new Reflector(kind, listener, {
      clusterId: this.options.name,
      sender: this.sender,
      stream: this.options.stream,
      timing: this.options.timing,
      namespacesOf: (found) =>
        found.namespaced && namespace !== undefined ? [namespace] : this.scopesOf(found),
      resolve: async (wanted, fresh) => {
        if (fresh) await this.catalogs.read(true)
        return this.catalogs.require(wanted)
      },
    })
    this.watches.add(reflector)
    const stop = (): void => {
      reflector.stop()
      this.watches.delete(reflector)
    }
    return { ready: reflector.ready, stop }
  }

  async close(): Promise<void> {
    for (const watch of this.watches) watch.stop()
    this.watches.clear()
    await this.sender.close()
  }

  private async writeWhole(
    method: 'PUT' | 'POST',
    manifest: Manifest,
    options: WriteOptions,
  ): Promise<Applied> {
    const key = keyOf(manifest)
    const isDry = options.dryRun === true
    const subject = this.subject(isDry ? 'dry-run' : method === 'PUT' ? 'replace' : 'create', key, !isDry)
    const kind = await this.declaredKind(manifest)
    // The path of the object is made in any case: it refuses names that climb out of it.
    const own = objectPath(kind, key.namespace, key.name)
    const path = method === 'PUT' ? own : collectionPath(kind, key.namespace)
    const answer = await this.sender.sendOk({
      method,
      path: `${path}?${writeQuery(options)}`,
      subject,
      contentType: 'application/json',
      body: JSON.stringify(manifest),
    })
    const object = this.readObject(answer, subject)
    return { object, created: answer.status === 201, warnings: warningsOf(answer) }
  }

  private async declaredPath(manifest: Manifest): Promise<string> {
    const key = keyOf(manifest)
    return objectPath(await this.declaredKind(manifest), key.namespace, key.name)
  }

  /** In the version that the manifest declares. */
  private async declaredKind(manifest: Manifest): Promise<ApiKind> {
    const kind = await this.catalogs.require(keyOf(manifest))
    return { ...kind, version: manifest.apiVersion.slice(manifest.apiVersion.indexOf('/') + 1) }
  }

  private scopesOf(kind: ApiKind): readonly string[] {
    const { namespaces } = this.options
    return kind.namespaced && namespaces !== undefined && namespaces.length > 0 ? namespaces : ['']
  }

  private subject(verb: string, key: ResourceKey, write: boolean): RequestSubject {
    const where = key.namespace === '' ? '' : ` in namespace "${key.namespace}"`
    const secret = key.kind === 'Secret' && key.group === ''
    return {
      clusterId: this.options.name,
      action: `${verb} ${key.kind} "${key.name}"${where}`,
      write,
      secret,
    }
  }

  private readObject(answer: Answer, subject: RequestSubject): Manifest {
    try {
      const object = JSON.parse(answer.body) as Partial<Manifest> | null
      if (typeof object?.kind === 'string' && typeof object.metadata?.name === 'string')
        return object as Manifest
    } catch {
      // Said below.
    }
    const message = `Cannot ${subject.action} on cluster "${this.options.name}": the answer is not an object, so something else than an API server answered.`
    throw new AppError('UPSTREAM_CLUSTER', message, { retry: 'backoff' })
  }
}

function applyQuery(options: ApplyOptions): string {
  return `${writeQuery(options)}&force=true`
}

function writeQuery({ fieldManager, dryRun, fieldValidation }: ApplyOptions): string {
  const query = `fieldManager=${encodeURIComponent(fieldManager ?? FIELD_MANAGER)}`
  return `${query}&fieldValidation=${fieldValidation ?? 'Warn'}${dryRun === true ? '&dryRun=All' : ''}`
}

/** An absent object is said so in a Status; a 404 of anything else (a proxy, a path that is not served) is no proof. */
function isStatus(answer: Answer): boolean {
  try {
    const { kind, reason } = JSON.parse(answer.body) as { kind?: unknown; reason?: unknown }
    return kind === 'Status' && reason === 'NotFound'
  } catch {
    return false
  }
}
