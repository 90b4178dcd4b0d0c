import { AsyncLocalStorage } from 'node:async_hooks'

/** Where a request came from; every audit event that is written on its way carries it. */
export interface AuditOrigin {
  /** Network address of whoever asked, as far as proxies are trusted. */
  readonly source?: string
  /** Id of the session or token. */
  readonly credential?: string
}

const storage = new AsyncLocalStorage<{ source?: string; credential?: string }>()

/** Runs `work`; audit events written within it, however deep and late, carry this origin. Set at the edge, once. */
export function withAuditOrigin<T>(origin: AuditOrigin, work: () => T): T {
  return storage.run({ ...origin }, work)
}

/** Adds what is known only now, once the caller is authenticated. Outside a request it does nothing. */
export function extendAuditOrigin(origin: AuditOrigin): void {
  const current = storage.getStore()
  if (current !== undefined) Object.assign(current, origin)
}

/** For work that a request only sets off, and that is not done on behalf of its caller. */
export function withoutAuditOrigin<T>(work: () => T): T {
  return storage.exit(work)
}

export function auditOrigin(): AuditOrigin {
  return storage.getStore() ?? {}
}
