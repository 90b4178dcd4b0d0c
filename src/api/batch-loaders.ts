import type { ApplicationStatus } from '../engine/status/application-status.js'
import type { Operation } from '../engine/sync/operation.js'
import type { ApplicationList } from '../store/application-list.js'
import type { ApplicationStore } from '../store/application-store.js'

/** Collects the keys asked for in one tick and reads them together: a page of 100 costs one query per field. */
export class BatchLoader<Value> {
  private readonly read: (keys: readonly string[]) => Promise<ReadonlyMap<string, Value>>
  private waiting: Set<string> | undefined
  private batch: Promise<ReadonlyMap<string, Value>> | undefined
  /** Absent until then: whoever only listens loads nothing, and there are many. */
  private loaded: ReadonlyMap<string, Value | undefined> | undefined

  constructor(read: (keys: readonly string[]) => Promise<ReadonlyMap<string, Value>>) {
    this.read = read
  }

  /** Reads all of these now; `peek` has them at once afterwards. */
  async preload(keys: readonly string[]): Promise<void> {
    if (keys.length === 0) return
    const found = await this.read(keys)
    this.loaded = new Map(keys.map((key) => [key, found.get(key)]))
  }

  isLoaded(key: string): boolean {
    return this.loaded?.has(key) === true
  }

  peek(key: string): Value | undefined {
    return this.loaded?.get(key)
  }

  async load(key: string): Promise<Value | undefined> {
    this.waiting ??= new Set()
    this.waiting.add(key)
    this.batch ??= new Promise((resolve, reject) => {
      setImmediate(() => {
        const keys = [...(this.waiting ?? [])]
        this.waiting = undefined
        this.batch = undefined
        this.read(keys).then(resolve, reject)
      })
    })
    return (await this.batch).get(key)
  }
}

/** One set per request: nothing that one caller read is ever given to another one. */
export interface BatchLoaders {
  /** As stored, with its resources: the row of the list says what of it may be shown. */
  readonly status: BatchLoader<ApplicationStatus>
  /** The active operation, else the newest one. */
  readonly operation: BatchLoader<Operation>
}

export function batchLoaders({
  applications,
  applicationList,
}: {
  readonly applications: ApplicationStore
  readonly applicationList: ApplicationList
}): BatchLoaders {
  return {
    operation: new BatchLoader(async (ids) => {
      const operations = await applicationList.newestOperations(ids)
      return new Map(operations.map((operation) => [operation.applicationId, operation]))
    }),
    status: new BatchLoader(async (ids) => {
      const statuses = await applications.statuses(ids)
      return new Map(statuses.map((status) => [status.applicationId, status]))
    }),
  }
}
