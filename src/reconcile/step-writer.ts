import { AppError } from '../base/app-error.js'
import type { OperationStep, OperationStore, StopWish } from '../store/operation-store.js'
import type { Fence } from '../store/records.js'

interface Batch {
  readonly steps: OperationStep[]
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
    steps: readonly OperationStep[],
    writer: { readonly clusterId: string; readonly fence: Fence | undefined },
  ): Promise<string | undefined> {
    const [first] = steps
    if (first === undefined) return undefined
    const line = this.#lines.get(writer.clusterId) ?? { next: undefined, writing: false }
    this.#lines.set(writer.clusterId, line)
    line.next ??= { steps: [], written: Promise.withResolvers(), fence: undefined }
    const batch = line.next
    batch.steps.push(...steps)
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

  async #write({ steps, fence, written }: Batch): Promise<void> {
    try {
      written.resolve(await this.#operations.appendSteps(steps, fence))
    } catch (error) {
      written.reject(
        error instanceof AppError
          ? error
          : new AppError('INTERNAL', 'Cannot write steps.', { cause: error, retry: 'backoff' }),
      )
    }
  }
}
