import { beforeAll, describe, expect, it } from 'vitest'
import { AppError } from '../base/app-error.js'
import { aRecord, unique } from './contract-fixtures.js'
import type { Stores } from './stores.js'

/** What `OutboxStore` does, whatever the technology. */
export function outboxStoreContract(technology: string, open: () => Promise<Stores>): void {
  describe(`OutboxStore (${technology})`, () => {
    let stores: Stores

    beforeAll(async () => {
      stores = await open()
    })

    it('OutboxStore answers doorbells oldest first until they are delivered', async () => {
      const ids = [unique('bell'), unique('bell')]
      const record = aRecord(
        'ring',
        ids.map((id) => ({ kind: 'repository', id })),
      )
      await stores.audit.append(record)
      const mine = async () =>
        (await stores.outbox.pending(100_000)).filter(({ doorbell }) => ids.includes(doorbell.id))
      const pending = await mine()
      expect(pending.map(({ doorbell }) => doorbell)).toEqual(record.doorbells)
      const down = new AppError('TIMEOUT', 'the queue is down')
      await expect(stores.outbox.deliver(100_000, () => Promise.reject(down))).rejects.toBe(down)
      expect(await mine()).toEqual(pending)
      const rung: string[] = []
      const delivered = await stores.outbox.deliver(100_000, async (bells) => {
        rung.push(...bells.map(({ id }) => id).filter((id) => ids.includes(id)))
      })
      expect(delivered).toBeGreaterThanOrEqual(2)
      expect(rung).toEqual(ids)
      expect(await mine()).toEqual([])
      expect(await stores.outbox.deliver(0, async () => undefined)).toBe(0)
    })

    it('OutboxStore gives each doorbell to one of several that deliver at once', async () => {
      const ids = Array.from({ length: 40 }, () => unique('bell'))
      await stores.audit.append(
        aRecord(
          'ring',
          ids.map((id) => ({ kind: 'cluster', id })),
        ),
      )
      const rung: string[] = []
      const deliver = async (): Promise<void> => {
        let delivered = 1
        while (delivered > 0) {
          delivered = await stores.outbox.deliver(7, async (bells) => {
            await new Promise((resolve) => setTimeout(resolve, 5))
            rung.push(...bells.map(({ id }) => id).filter((id) => ids.includes(id)))
          })
        }
      }
      await Promise.all([deliver(), deliver(), deliver()])
      expect([...rung].sort()).toEqual([...ids].sort())
    })
  })
}
