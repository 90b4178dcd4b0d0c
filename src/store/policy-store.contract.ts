import { beforeAll, describe, expect, it } from 'vitest'
import { EMPTY_POLICY } from '../engine/access/policy-document.js'
import { aRecord } from './contract-fixtures.js'
import type { Stores } from './stores.js'

/** What every PolicyStore does. */
export function policyStoreContract(technology: string, open: () => Promise<Stores>): void {
  describe(`PolicyStore (${technology})`, () => {
    let stores: Stores

    beforeAll(async () => {
      stores = await open()
    })

    it('keeps the newest edit, each with its audit event, and refuses one of an older generation', async () => {
      const before = await stores.policies.current()
      const after = before?.generation ?? 0
      const document = {
        ...EMPTY_POLICY,
        csv: `g, "a ""b""", role:admin\n# ${after}`,
        overlays: { b: 'x', a: 'y' },
      }
      const saved = await stores.policies.save(document, after, aRecord('update-policy'))
      expect(saved).toEqual({ generation: after + 1, document })
      expect(await stores.policies.current()).toEqual(saved)
      const events = (await stores.audit.list(100)).filter(({ action }) => action === 'update-policy').length
      await expect(stores.policies.save(EMPTY_POLICY, after, aRecord('update-policy'))).rejects.toMatchObject(
        {
          code: 'CONFLICT',
        },
      )
      expect(await stores.policies.current()).toEqual(saved)
      const later = (await stores.audit.list(100)).filter(({ action }) => action === 'update-policy').length
      expect(later).toBe(events)
    })

    it('lets one of several edits at once win', async () => {
      const after = (await stores.policies.current())?.generation ?? 0
      const edits = await Promise.allSettled(
        ['a', 'b', 'c'].map((csv) =>
          stores.policies.save({ ...EMPTY_POLICY, csv }, after, aRecord('update-policy')),
        ),
      )
      expect(edits.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
      expect((await stores.policies.current())?.generation).toBe(after + 1)
    })
  })
}
