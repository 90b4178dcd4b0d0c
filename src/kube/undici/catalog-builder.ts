import { AppError } from '../../base/app-error.js'
import type { ApiCatalog, ApiKind } from '../../engine/manifest/api-catalog.js'
import { groupKindText } from '../../engine/manifest/resource-key.js'

/** Fills a catalog; the first version that has a kind is the server's preferred one. */
export class CatalogBuilder {
  private readonly kinds = new Map<string, ApiKind>()
  private readonly failedGroups = new Set<string>()

  add(kind: ApiKind): void {
    const text = groupKindText(kind)
    if (!this.kinds.has(text)) this.kinds.set(text, kind)
  }

  /** The group could not be read in full: what is missing of it is unknown, not absent. */
  fail(group: string): void {
    this.failedGroups.add(group)
  }

  build(): ApiCatalog {
    return { kinds: this.kinds, failedGroups: this.failedGroups }
  }
}

/** Discovery that is not what an API server says: never taken for a server without kinds. */
export function notDiscovery(clusterId: string, path: string): AppError {
  const message = `Cannot read ${path} on cluster "${clusterId}": the answer is not that of a Kubernetes API server.`
  return new AppError('UPSTREAM_CLUSTER', message, { retry: 'backoff', stage: 'PROTOCOL' })
}
