import { AppError } from '../base/app-error.js'
import type { Principal } from '../engine/access/principal.js'
import type { Application, Deletion } from '../engine/application/application.js'
import type { Operation, SyncRequest } from '../engine/sync/operation.js'
import type { ApplicationName } from './application-access.js'
import type { DeleteApplication } from './delete-application.js'
import type { RefreshApplicationRequest } from './refresh-application-request.js'
import type { RequestSync } from './request-sync.js'
import type { ApplicationChoice, SelectApplications } from './select-applications.js'

export interface ChangeApplicationsDeps {
  readonly select: SelectApplications
  readonly sync: RequestSync
  readonly refresh: RefreshApplicationRequest
  readonly remove: DeleteApplication
}

/** What came of one of them; an application that refuses does not keep the others from going. */
export interface ApplicationOutcome extends ApplicationName {
  readonly operation?: Operation
  readonly application?: Application
  readonly failure?: AppError
}

export type ApplicationsWish = { readonly choice: ApplicationChoice; readonly idempotencyKey?: string } & (
  | { readonly kind: 'sync'; readonly request: SyncRequest }
  | { readonly kind: 'refresh'; readonly hard: boolean }
  | { readonly kind: 'delete'; readonly cascade: boolean; readonly propagation: Deletion['propagation'] }
)

const AT_ONCE = 8

/**
 * Syncs, refreshes or deletes many applications by one request. Each is one change of its own: asked for its permission,
 * with its audit event, its operation and its outcome. Asked again with the same key, an application that was started by it
 * answers the same operation.
 */
export class ChangeApplications {
  private readonly deps: ChangeApplicationsDeps

  constructor(deps: ChangeApplicationsDeps) {
    this.deps = deps
  }

  async run(principal: Principal, wish: ApplicationsWish): Promise<readonly ApplicationOutcome[]> {
    const names = await this.deps.select.run(principal, wish.choice)
    const outcomes: ApplicationOutcome[] = []
    const waiting = names.entries()
    const work = async (): Promise<void> => {
      for (const [index, name] of waiting) outcomes[index] = await this.one(principal, wish, name)
    }
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, names.length) }, work))
    return outcomes
  }

  private async one(
    principal: Principal,
    wish: ApplicationsWish,
    name: ApplicationName,
  ): Promise<ApplicationOutcome> {
    try {
      return { ...name, ...(await this.change(principal, wish, name)) }
    } catch (failure) {
      if (failure instanceof AppError) return { ...name, failure }
      throw failure
    }
  }

  private async change(
    principal: Principal,
    wish: ApplicationsWish,
    name: ApplicationName,
  ): Promise<Pick<ApplicationOutcome, 'operation' | 'application'>> {
    const { sync, refresh, remove } = this.deps
    const { idempotencyKey } = wish
    if (wish.kind === 'refresh') return { application: await refresh.run(principal, name, wish.hard) }
    if (wish.kind === 'sync') {
      const { request } = wish
      const key = idempotencyKey === undefined ? {} : { idempotencyKey }
      return { operation: await sync.run(principal, { name, request, ...key }) }
    }
    const { cascade, propagation } = wish
    // A deletion's key is not bound to its application by itself.
    const key =
      idempotencyKey === undefined
        ? {}
        : { idempotencyKey: `${idempotencyKey}:${name.namespace}/${name.name}` }
    return { operation: await remove.run(principal, { name, cascade, propagation, ...key }) }
  }
}
