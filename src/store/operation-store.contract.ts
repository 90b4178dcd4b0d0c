import { beforeAll, describe, expect, it } from 'vitest'
import type { Operation } from '../engine/sync/operation.js'
import { aManagedObject, anApplication, anOperation, aRecord, unique } from './contract-fixtures.js'
import type { NewDeployment } from './records.js'
import type { Stores } from './stores.js'

const START = aRecord('start-sync')
const FINISH = aRecord('finish-sync')

/** What every OperationStore does, whatever the technology. */
export function operationStoreContract(technology: string, open: () => Promise<Stores>): void {
  describe(`OperationStore (${technology})`, () => {
    let stores: Stores

    beforeAll(async () => {
      stores = await open()
    })

    const auditCount = async () => (await stores.audit.list(100_000)).length
    const succeeded = (operation: Operation): Operation => ({
      ...operation,
      phase: 'Succeeded',
      message: 'done',
      finishedAt: '2026-01-02T03:05:00.000Z',
    })

    it('start() stores the whole operation and rings after commit', async () => {
      const application = unique('application')
      const operation = anOperation(application, {
        request: {
          prune: false,
          dryRun: true,
          force: true,
          confirmedPrune: true,
          resources: [{ group: '', kind: 'Pod', namespace: 'a', name: 'b' }],
        },
      })
      let rang = 0
      stores.outbox.onCommit(() => (rang += 1))
      const record = aRecord('start-sync', [{ kind: 'application', id: application }])
      expect(await stores.operations.start(operation, record)).toEqual(operation)
      expect(rang).toBe(1)
      expect(await stores.operations.active(application)).toEqual(operation)
      expect(await stores.operations.get(operation.id)).toEqual(operation)
      expect(await stores.operations.allActive()).toContainEqual(operation)
    })

    it('start() admits one active operation per application, also of twenty at once', async () => {
      const application = unique('application')
      const before = await auditCount()
      const results = await Promise.allSettled(
        Array.from({ length: 20 }, () => stores.operations.start(anOperation(application), START)),
      )
      const refused = results.filter((result) => result.status === 'rejected')
      expect(refused).toHaveLength(19)
      for (const { reason } of refused) expect(reason).toMatchObject({ code: 'CONFLICT' })
      expect(await auditCount()).toBe(before + 1)
    })

    it('start() answers the earlier operation for a known idempotency key', async () => {
      const application = unique('application')
      const key = unique('key')
      const before = await auditCount()
      const answers = await Promise.all(
        Array.from({ length: 10 }, () =>
          stores.operations.start(anOperation(application), START, { idempotencyKey: key }),
        ),
      )
      expect(new Set(answers.map(({ id }) => id)).size).toBe(1)
      expect(await auditCount()).toBe(before + 1)
      const [first] = answers
      if (first === undefined) throw new Error('no answer')
      await stores.operations.finish(succeeded(first), FINISH)
      const later = await stores.operations.start(anOperation(application), START, { idempotencyKey: key })
      expect(later).toEqual(succeeded(first))
    })

    it('start() marks its application as going in one transaction, or not at all', async () => {
      const application = anApplication()
      await stores.applications.create(application, START)
      const deletion = {
        cascade: true,
        propagation: 'foreground',
        requestedAt: '2026-01-01T00:00:00.000Z',
      } as const
      const deletionOf = async () => (await stores.applications.get(application.id))?.deletion
      const first = await stores.operations.start(anOperation(application.id), START)
      const refused = stores.operations.start(anOperation(application.id), START, { deletion })
      await expect(refused).rejects.toMatchObject({ code: 'CONFLICT' })
      expect(await deletionOf()).toBeUndefined()
      await stores.operations.finish(succeeded(first), FINISH)
      const before = await auditCount()
      await stores.operations.start(anOperation(application.id), START, { deletion })
      expect(await deletionOf()).toEqual(deletion)
      expect(await auditCount()).toBe(before + 1)
    })

    it('save() changes a running operation only', async () => {
      const operation = anOperation(unique('application'))
      await stores.operations.start(operation, START)
      const notBefore = '2026-01-02T03:09:00.000Z'
      const saved: Operation = { ...operation, message: 'again', retryCount: 2, notBefore }
      expect(await stores.operations.save(saved)).toBe(true)
      expect(await stores.operations.get(operation.id)).toEqual(saved)
      expect(await stores.operations.finish(succeeded(operation), FINISH)).toBe(true)
      expect(await stores.operations.save(operation)).toBe(false)
      expect(await stores.operations.get(operation.id)).toEqual(succeeded(operation))
    })

    it('finish() happens once, with audit event and deployment', async () => {
      const operation = anOperation(unique('application'))
      await stores.operations.start(operation, START)
      const deployment: NewDeployment = {
        id: unique('deployment'),
        applicationId: operation.applicationId,
        revisions: ['c1'],
        renderKeys: ['k1'],
        operationId: operation.id,
        initiatedBy: 'alice',
        automated: false,
        sources: [{ repoURL: 'https://git.example/shop.git', path: 'deploy' }],
        startedAt: operation.startedAt,
        deployedAt: '2026-01-02T03:05:00.000Z',
      }
      const before = await auditCount()
      const results = await Promise.all(
        Array.from({ length: 5 }, () =>
          stores.operations.finish(succeeded(operation), FINISH, { deployment }),
        ),
      )
      expect(results.filter(Boolean)).toHaveLength(1)
      expect(await auditCount()).toBe(before + 1)
      expect(await stores.operations.deployments(operation.applicationId, 10)).toEqual([
        { ...deployment, number: 0 },
      ])
      expect(await stores.operations.deployment(operation.applicationId, 0)).toMatchObject(deployment)
      expect(await stores.operations.deployment(operation.applicationId, 1)).toBeUndefined()
      expect(await stores.operations.active(operation.applicationId)).toBeUndefined()
    })

    it('a finished operation makes room; history is newest first', async () => {
      const application = unique('application')
      const first = anOperation(application)
      await stores.operations.start(first, START)
      await stores.operations.finish(succeeded(first), FINISH)
      const second = anOperation(application, { startedAt: '2026-01-03T00:00:00.000Z' })
      await stores.operations.start(second, START)
      expect((await stores.operations.history(application, 10)).map(({ id }) => id)).toEqual([
        second.id,
        first.id,
      ])
      expect(await stores.operations.history(application, 1)).toEqual([second])
    })

    it('appendSteps() keeps the first record of each step, finish() brings the last ones', async () => {
      const operation = anOperation(unique('application'))
      await stores.operations.start(operation, START)
      const { id: operationId } = operation
      const step = { operationId, sequence: 1, kind: 'planned', content: { hash: '"h", \\ {x}' } } as const
      const second = {
        operationId,
        sequence: 2,
        kind: 'applied',
        content: { results: [['k', 'v1']] },
      } as const
      expect(await stores.operations.appendSteps([second, step])).toEqual([])
      await stores.operations.appendSteps([{ ...step, kind: 'dryRun' }])
      expect(await stores.operations.steps(operationId)).toMatchObject([step, second])
      const last = { operationId, sequence: 3, kind: 'finished', content: {} } as const
      await stores.operations.finish(succeeded(operation), FINISH, { steps: [last] })
      const [{ at = '' } = {}] = await stores.operations.steps(operationId)
      expect(Date.parse(at)).toBeGreaterThan(0)
      expect(await stores.operations.steps(operationId)).toMatchObject([step, second, last])
    })

    it('keeps the inventory in the same statement as what is begun, logged and ended', async () => {
      const application = anApplication()
      await stores.applications.create(application, START)
      const inventory = () => stores.applications.inventory(application.id)
      const { desiredHash: _none, ...intent } = aManagedObject(application.id)
      const operation = anOperation(application.id)
      await stores.operations.start(operation, START, { managed: [intent] })
      expect(await inventory()).toEqual([intent])
      const refused = anOperation(application.id)
      const other = aManagedObject(application.id, { name: 'other' })
      await expect(stores.operations.start(refused, START, { managed: [other] })).rejects.toMatchObject({
        code: 'CONFLICT',
      })
      expect(await inventory()).toEqual([intent])
      const step = { operationId: operation.id, sequence: 1, kind: 'applied', content: {} } as const
      const applied = aManagedObject(application.id, { uid: 'u1' })
      await stores.operations.appendSteps([step], undefined, [applied, aManagedObject('nobody')])
      expect(await inventory()).toEqual([applied])
      // The object is as it was applied, whether or not somebody else ended the operation meanwhile.
      for (const uid of ['u2', 'u3']) {
        const managed = [aManagedObject(application.id, { uid })]
        await stores.operations.finish(succeeded(operation), FINISH, { managed })
        expect(await inventory()).toEqual(managed)
      }
    })

    it('terminate() is asked once, told to whoever works, and not undone by a save', async () => {
      const operation = anOperation(unique('application'))
      await stores.operations.start(operation, START)
      const before = await auditCount()
      const stop = () => stores.operations.terminate(operation.id, 'terminated by bob', aRecord('terminate'))
      expect((await Promise.all([stop(), stop(), stop()])).filter(Boolean)).toHaveLength(1)
      expect(await stop()).toBe(false)
      expect(await auditCount()).toBe(before + 1)
      expect(await stores.operations.save({ ...operation, message: 'waiting', retryCount: 1 })).toBe(true)
      const step = { operationId: operation.id, sequence: 1, kind: 'applied', content: {} } as const
      expect(await stores.operations.appendSteps([step])).toEqual([
        { operationId: operation.id, message: 'terminated by bob' },
      ])
      expect(await stores.operations.get(operation.id)).toMatchObject({
        phase: 'Terminating',
        message: 'terminated by bob',
        retryCount: 1,
      })
      await stores.operations.finish(succeeded(operation), FINISH)
      expect(await stores.operations.appendSteps([{ ...step, sequence: 2 }])).toHaveLength(1)
      expect(await stop()).toBe(false)
      expect(await auditCount()).toBe(before + 2)
    })
  })
}
