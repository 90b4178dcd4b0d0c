import { setTimeout as sleep } from 'node:timers/promises'
import { AppError } from '../base/app-error.js'
import type { Principal } from '../engine/access/principal.js'
import { isTerminal, type Operation } from '../engine/sync/operation.js'
import type { EventBus } from '../events/event-bus.js'
import type { ApplicationStore } from '../store/application-store.js'
import type { OperationStore } from '../store/operation-store.js'
import { openApplication, refuseApplication, type ApplicationName } from './application-access.js'
import { ChangeBell } from './change-bell.js'
import type { OpenedStream } from './look-into-application.js'

/** Ten a second at most. */
const PAUSE_MS = 100
/** Events are told at most once: the row is read again after this time. */
const LOOK_MS = 5_000

export interface FollowOperationDeps {
  readonly applications: ApplicationStore
  readonly operations: OperationStore
  readonly eventBus: Pick<EventBus, 'subscribe' | 'onMissed'>
}

/** An operation as it goes on, for whoever may see its application. */
export class FollowOperation {
  readonly #deps: FollowOperationDeps

  constructor(deps: FollowOperationDeps) {
    this.#deps = deps
  }

  /**
   * What it is now, then each change, until it is over. `id` is one of this application, default the active or newest one.
   * NOT_FOUND for an application that may not be seen, and when there is no such operation.
   */
  async run(
    principal: Principal,
    name: ApplicationName,
    id: string | undefined,
  ): Promise<OpenedStream<Operation>> {
    const { applications } = this.#deps
    const application = await openApplication(applications, principal, { name, action: 'get' })
    const operation = await this.#find(application.id, id)
    if (operation === undefined) throw noOperation(name.name, id)
    return {
      open: (signal) => this.#follow(operation.id, signal),
      // A deletion ends with its application gone: then what it was decides.
      permits: async (now) => {
        const found = (await applications.get(application.id)) ?? application
        return refuseApplication(now, 'get', found) === undefined
      },
    }
  }

  async #find(applicationId: string, id: string | undefined): Promise<Operation | undefined> {
    const { operations } = this.#deps
    if (id === undefined) {
      return (await operations.active(applicationId)) ?? (await operations.history(applicationId, 1))[0]
    }
    const found = await operations.get(id)
    return found?.applicationId === applicationId ? found : undefined
  }

  async *#follow(id: string, signal: AbortSignal): AsyncIterable<Operation> {
    const { eventBus, operations } = this.#deps
    const bell = new ChangeBell(signal)
    const ends = [
      eventBus.subscribe('operation', ({ operationIds }) => operationIds.includes(id) && bell.ring()),
      eventBus.onMissed(() => bell.ring()),
    ]
    let told = ''
    try {
      while (!signal.aborted) {
        const operation = await operations.get(id)
        if (operation === undefined) return
        const text = JSON.stringify(operation)
        if (text !== told) yield operation
        told = text
        if (isTerminal(operation.phase)) return
        await bell.wait(LOOK_MS)
        await sleep(PAUSE_MS)
      }
    } finally {
      for (const end of ends) end()
    }
  }
}

function noOperation(name: string, id: string | undefined): AppError {
  const what = id === undefined ? 'has no operation yet' : 'has no such operation'
  return new AppError(
    'NOT_FOUND',
    `Application "${name}" ${what}. Start one with "lockstep app sync ${name}", or look with "lockstep app get ${name}".`,
  )
}
