import { AppError } from '../base/app-error.js'
import type { OperationStep, OperationStore, StopWish } from '../store/operation-store.js'
import type { Fence, ManagedObject } from '../store/records.js'

/** What one operation did since it was written last. */
export interface Done {
  readonly steps: readonly OperationStep[]
  /** Objects in the form in which they were applied. */
  readonly managed: readonly ManagedObject[]
}

interface Batch {
  readonly steps: OperationStep[]
  readonly managed: ManagedObject[]
  readonly written: PromiseWithResolvers<readonly StopWish[]>
  fence: Fence | undefined
}

interface Line {
  next: Batch | undefined
  writing: boolean
}

/**
 * Writes the steps of all operations of a cluster in as few statements as possible: while one is under way, the next
 * batch collects. So a thousand syncs at once cost a fraction of a statement per step, and a single one does not wait.
 */
export class StepWriter {
  readonly #operations: OperationStore
  readonly #lines = new Map<string, Line>()

  constructor(operations: OperationStore) {
    this.#operations = operations
  }

  /** Resolves when the steps are stored; answers the sentence that stops the operation, when somebody asked for it. */
  async append(
    { steps, managed }: Done,
    writer: { readonly clusterId: string; readonly fence: Fence | undefined },
  ): Promise<string | undefined> {
    const [first] = steps
    if (first === undefined) return undefined
    const line = this.#lines.get(writer.clusterId) ?? { next: undefined, writing: false }
    this.#lines.set(writer.clusterId, line)
    line.next ??= { steps: [], managed: [], written: Promise.withResolvers(), fence: undefined }
    const batch = line.next
    batch.steps.push(...steps)
    batch.managed.push(...managed)
    batch.fence = writer.fence
    if (!line.writing) void this.#writeAll(line)
    const stops = await batch.written.promise
    return stops.find(({ operationId }) => operationId === first.operationId)?.message
  }

  async #writeAll(line: Line): Promise<void> {
    line.writing = true
    for (;;) {
      const batch = line.next
      if (batch === undefined) break
      line.next = undefined
      await this.#write(batch)
    }
    line.writing = false
  }

  async #write({ steps, managed, fence, written }: Batch): Promise<void> {
    try {
      written.resolve(await this.#operations.appendSteps(steps, fence, managed))
    } catch (error) {
      written.reject(
        error instanceof AppError
          ? error
          : new AppError('INTERNAL', 'Cannot write steps.', { cause: error, retry: 'backoff' }),
      )
    }
  }
}
