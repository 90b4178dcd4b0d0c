import { AsyncLocalStorage } from 'node:async_hooks'

/** What every line that is logged meanwhile is about. */
export interface LogContext {
  readonly application?: string
  readonly cluster?: string
  readonly operation?: string
  readonly repository?: string
  readonly request?: string
}

const storage = new AsyncLocalStorage<Record<string, string>>()

/** Runs `work`; every line logged within it, however deep and late, carries these fields. Set at the edge, once. */
export function withLogContext<T>(context: LogContext, work: () => T): T {
  return storage.run({ ...storage.getStore(), ...context }, work)
}

/** Adds to the context of the work under way what is known only now. Without one it does nothing. */
export function extendLogContext(context: LogContext): void {
  const current = storage.getStore()
  if (current !== undefined) Object.assign(current, context)
}

export function currentLogContext(): Readonly<Record<string, string>> {
  return storage.getStore() ?? {}
}
