import { AppError } from '../../base/app-error.js'
import { findKind, type ApiCatalog, type ApiKind } from '../../engine/manifest/api-catalog.js'
import type { GroupKind } from '../../engine/manifest/resource-key.js'

/** A group that failed, or a kind that is missing, is asked for again, but not more often than this. */
const ASK_AGAIN_MS = 5000

/** Keeps what discovery said; concurrent callers share one reading of it. */
export class CatalogCache {
  private readonly discover: () => Promise<ApiCatalog>
  private readonly clusterId: string
  private current: ApiCatalog | undefined
  private readAt = 0
  private reading: Promise<ApiCatalog> | undefined

  constructor(clusterId: string, discover: () => Promise<ApiCatalog>) {
    this.clusterId = clusterId
    this.discover = discover
  }

  /** `fresh` never joins a reading that is under way: it may have begun before the change it shall see. */
  async read(fresh = false): Promise<ApiCatalog> {
    if (fresh) return this.readNow()
    const { current } = this
    if (current === undefined) return this.reading ?? this.readNow()
    if (!this.worthAsking(current)) return current
    // What is known stays usable while the server cannot be asked.
    return (this.reading ?? this.readNow()).catch(() => current)
  }

  /** The kind, or undefined when the server plainly does not serve it; throws when that cannot be known. */
  async find(kind: GroupKind): Promise<ApiKind | undefined> {
    let found = findKind(await this.read(), kind)
    if (typeof found !== 'object' && performance.now() - this.readAt > ASK_AGAIN_MS)
      found = findKind(await this.read(true), kind)
    if (found !== 'unknown') return found
    const message = `Cannot tell whether cluster "${this.clusterId}" serves kind ${kind.kind} of group "${kind.group}": its discovery failed. Look at the APIService of that group.`
    throw new AppError('UPSTREAM_CLUSTER', message, { retry: 'backoff' })
  }

  /** The kind, or NOT_FOUND. */
  async require(kind: GroupKind): Promise<ApiKind> {
    const found = await this.find(kind)
    if (found !== undefined) return found
    const message = `Cluster "${this.clusterId}" serves no kind ${kind.kind} of group "${kind.group}". Install its CustomResourceDefinition, or correct apiVersion and kind.`
    throw new AppError('NOT_FOUND', message, { retry: 'backoff' })
  }

  private worthAsking(current: ApiCatalog): boolean {
    return current.failedGroups.size > 0 && performance.now() - this.readAt > 6 * ASK_AGAIN_MS
  }

  private readNow(): Promise<ApiCatalog> {
    const keep = (catalog: ApiCatalog): ApiCatalog => {
      this.current = catalog
      this.readAt = performance.now()
      return catalog
    }
    const reading = this.discover()
      .then(keep)
      .finally(() => {
        if (this.reading === reading) this.reading = undefined
      })
    this.reading = reading
    return reading
  }
}
