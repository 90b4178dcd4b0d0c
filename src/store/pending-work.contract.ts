import { beforeAll, describe, expect, it } from 'vitest'
import type { Application } from '../engine/application/application.js'
import { aDesired, anApplication, anOperation, aRecord, aStatus, unique } from './contract-fixtures.js'
import type { WaitingApplication } from './pending-work.js'
import type { Stores } from './stores.js'

const RECORD = aRecord('change')
const AT = '2026-01-02T03:04:05.678Z'
const BEFORE = '2026-01-02T03:04:00.000Z'

/** What the sweeper finds, whatever the technology. */
export function pendingWorkContract(technology: string, open: () => Promise<Stores>): void {
  describe(`PendingWork (${technology})`, () => {
    let stores: Stores

    beforeAll(async () => {
      stores = await open()
    })

    const found = async (id: string, thorough = false): Promise<WaitingApplication | undefined> => {
      const page = await stores.pendingWork.page({ after: '', limit: 100_000, thorough })
      return page.find((waiting) => waiting.id === id)
    }

    /** Rendered and observed: nothing is left to do. */
    async function settled(changes: Partial<Application> = {}): Promise<Application> {
      const application = anApplication(changes)
      await stores.applications.create(application, RECORD)
      await stores.applications.saveDesired([aDesired(application.id, { revisions: ['c1'] })])
      await stores.applications.saveStatuses([aStatus(application.id)])
      return application
    }

    it('finds nothing where nothing is left to do', async () => {
      const { id } = await settled()
      expect(await found(id, true)).toBeUndefined()
    })

    it('finds what was not rendered yet', async () => {
      const fresh = anApplication()
      await stores.applications.create(fresh, RECORD)
      expect(await found(fresh.id)).toMatchObject({ isUnrendered: true })
      const changed = await settled()
      await stores.applications.update({ ...changed, generation: 2 }, RECORD)
      expect(await found(changed.id)).toMatchObject({ isUnrendered: true })
    })

    it('finds what was rendered and not observed since', async () => {
      const { id } = await settled()
      const render = { revisions: ['c2'], updatedAt: AT }
      await stores.applications.saveDesired([aDesired(id, render)])
      expect(await found(id)).toMatchObject({ isUnrendered: false })
      await stores.applications.saveStatuses([aStatus(id, { revisions: ['c2'] })])
      expect(await found(id)).toBeUndefined()
    })

    it('leaves alone what failed after its last render: its owner comes back to it', async () => {
      const { id } = await settled()
      await stores.applications.saveDesired([aDesired(id, { revisions: ['c2'], updatedAt: BEFORE })])
      await stores.applications.saveStatuses([aStatus(id, { sync: 'Unknown', revisions: [] })])
      expect(await found(id, true)).toBeUndefined()
    })

    it('finds young operations and deletions at once, and old ones when it is thorough', async () => {
      const now = new Date().toISOString()
      const [young, old, deleted] = [await settled(), await settled(), await settled()]
      await stores.operations.start(anOperation(young.id, { startedAt: now }), RECORD)
      await stores.operations.start(anOperation(old.id, { startedAt: AT }), RECORD)
      const deletion = { cascade: true, propagation: 'foreground', requestedAt: AT } as const
      await stores.applications.markDeleting(deleted.id, deletion, RECORD)
      expect(await found(young.id)).toBeDefined()
      expect([await found(old.id), await found(deleted.id)]).toEqual([undefined, undefined])
      expect(await found(old.id, true)).toBeDefined()
      expect(await found(deleted.id, true)).toBeDefined()
    })

    it('says to whose cluster it goes, by server or by name', async () => {
      const name = unique('cluster')
      const server = `https://${name}`
      const connection = { status: 'Unknown', message: '' } as const
      const cluster = { id: unique('id'), name, server, connection, createdAt: AT, writesPaused: false }
      await stores.clusters.create(cluster, new Uint8Array([1]), RECORD)
      const spec = anApplication().spec
      for (const destination of [{ server }, { name }]) {
        const application = anApplication({ spec: { ...spec, destination } })
        await stores.applications.create(application, RECORD)
        expect(await found(application.id)).toMatchObject({ clusterId: cluster.id })
      }
      const nowhere = anApplication({ spec: { ...spec, destination: { name: unique('none') } } })
      await stores.applications.create(nowhere, RECORD)
      expect((await found(nowhere.id))?.clusterId).toBeUndefined()
    })

    it('goes on after an id, in their order, with no more than was asked for', async () => {
      for (let i = 0; i < 3; i += 1) await stores.applications.create(anApplication(), RECORD)
      const all = await stores.pendingWork.page({ after: '', limit: 100_000, thorough: true })
      const walked: WaitingApplication[] = []
      for (let after = ''; ; after = walked.at(-1)?.id ?? '') {
        const page = await stores.pendingWork.page({ after, limit: 2, thorough: true })
        expect(page.length).toBeLessThanOrEqual(2)
        walked.push(...page)
        if (page.length < 2) break
      }
      expect(walked).toEqual(all)
    })
  })
}
