import { beforeAll, describe, expect, it } from 'vitest'
import { aDesired, aManagedObject, anApplication, aRecord, aStatus, unique } from './contract-fixtures.js'
import { normalizedUrl } from './normalized-url.js'
import type { Stores } from './stores.js'

const CREATE = aRecord('create-application')

/** What every ApplicationStore does, whatever the technology. */
export function applicationStoreContract(technology: string, open: () => Promise<Stores>): void {
  describe(`ApplicationStore (${technology})`, () => {
    let stores: Stores

    beforeAll(async () => {
      stores = await open()
    })

    const created = async (changes: Parameters<typeof anApplication>[0] = {}) => {
      const application = anApplication(changes)
      await stores.applications.create(application, CREATE)
      return application
    }

    it('create() stores the whole application and its audit event', async () => {
      const application = await created()
      expect(await stores.applications.get(application.id)).toEqual(application)
      expect((await stores.audit.list(1))[0]).toMatchObject({
        actor: 'alice',
        action: 'create-application',
        details: { from: 'test' },
      })
    })

    it('create() refuses a name that is taken in the namespace, and records nothing', async () => {
      const { name } = await created()
      const before = (await stores.audit.list(1))[0]?.id
      await expect(stores.applications.create(anApplication({ name }), CREATE)).rejects.toMatchObject({
        code: 'CONFLICT',
      })
      expect((await stores.audit.list(1))[0]?.id).toBe(before)
      await created({ name, namespace: 'other' })
    })

    it('update() takes the next generation only', async () => {
      const application = await created()
      const next = { ...application, generation: 2, labels: { team: 'b' } }
      await stores.applications.update(next, aRecord('update-application'))
      expect(await stores.applications.get(application.id)).toEqual(next)
      await expect(stores.applications.update(next, aRecord('update-application'))).rejects.toMatchObject({
        code: 'CONFLICT',
      })
    })

    it('annotate() adds to what is there and leaves the generation', async () => {
      const application = anApplication({ annotations: { a: '1', b: '1' } })
      await stores.applications.create(application, aRecord('create-application'))
      await stores.applications.annotate(application.id, { b: '2', c: '2' }, aRecord('annotate'))
      const found = await stores.applications.get(application.id)
      expect(found).toEqual({ ...application, annotations: { a: '1', b: '2', c: '2' } })
      await expect(
        stores.applications.annotate('absent', { a: '1' }, aRecord('annotate')),
      ).rejects.toMatchObject({ code: 'NOT_FOUND' })
    })

    it('markDeleting() keeps how to delete', async () => {
      const { id } = await created()
      const deletion = {
        cascade: true,
        propagation: 'background',
        requestedAt: '2026-01-01T00:00:00.000Z',
      } as const
      await stores.applications.markDeleting(id, deletion, aRecord('delete-application'))
      expect((await stores.applications.get(id))?.deletion).toEqual(deletion)
      await expect(
        stores.applications.markDeleting('absent', deletion, aRecord('delete-application')),
      ).rejects.toMatchObject({ code: 'NOT_FOUND' })
    })

    it('remove() takes status, desired state and inventory along', async () => {
      const { id } = await created()
      await stores.applications.saveStatuses([aStatus(id)])
      await stores.applications.saveDesired([aDesired(id)])
      await stores.applications.saveManaged([aManagedObject(id)])
      await stores.applications.remove(id, aRecord('remove-application'))
      expect(await stores.applications.get(id)).toBeUndefined()
      expect(await stores.applications.status(id)).toBeUndefined()
      expect(await stores.applications.desired(id)).toBeUndefined()
      expect(await stores.applications.inventory(id)).toEqual([])
    })

    it('finds by name, repository and cluster', async () => {
      const server = `https://${unique('server')}`
      const name = unique('cluster')
      const repoURL = `https://git.example/${unique('Repo')}.git`
      const byServer = await created({
        spec: { project: 'p', destination: { server }, sources: [{ repoURL }, { repoURL: 'https://other' }] },
      })
      const byName = await created({ spec: { project: 'p', destination: { name }, source: { repoURL } } })
      const ids = (found: readonly { readonly id: string }[]) => found.map(({ id }) => id).sort()
      const both = [byServer.id, byName.id].sort()
      expect(ids(await stores.applications.byCluster({ server, name }))).toEqual(both)
      expect(ids(await stores.applications.byRepository(normalizedUrl(repoURL)))).toEqual(both)
      expect(ids(await stores.applications.getMany([byServer.id, 'absent']))).toEqual([byServer.id])
      expect((await stores.applications.byName('argocd', byName.name))?.id).toBe(byName.id)
      expect(await stores.applications.byName('elsewhere', byName.name)).toBeUndefined()
    })

    it('saveDesired() replaces and rings each application', async () => {
      const [one, two] = [await created(), await created()]
      await stores.applications.saveDesired([aDesired(one.id), aDesired(two.id, { error: 'no such path' })])
      const again = aDesired(one.id, { generation: 2, revisions: [], renderKeys: [], inputs: [] })
      await stores.applications.saveDesired([again])
      expect(await stores.applications.desired(one.id)).toEqual(again)
      expect(await stores.applications.desiredMany([two.id])).toEqual([
        aDesired(two.id, { error: 'no such path' }),
      ])
      const rung = (await stores.outbox.pending(10_000)).map(({ doorbell }) => doorbell.id)
      expect(rung.filter((id) => id === one.id)).toHaveLength(2)
      expect(rung).toContain(two.id)
    })

    it('saveStatuses() replaces, numbers the flushes and leaves out what was removed', async () => {
      const { id } = await created()
      const first = await stores.applications.saveStatuses([aStatus(id), aStatus('removed-meanwhile')])
      const status = aStatus(id, { sync: 'OutOfSync', health: { status: 'Healthy' }, conditions: [] })
      const second = await stores.applications.saveStatuses([status])
      expect(second).toBeGreaterThan(first)
      expect(await stores.applications.status(id)).toEqual(status)
      expect(await stores.applications.statuses([id, 'removed-meanwhile'])).toEqual([status])
    })

    it('keeps the inventory by resource key', async () => {
      const [one, two] = [await created(), await created()]
      const kept = aManagedObject(one.id, { uid: 'u', fieldSet: 'f', appliedHash: 'a' })
      const pruned = aManagedObject(one.id, { name: 'old' })
      await stores.applications.saveManaged([aManagedObject(one.id), pruned, aManagedObject(two.id)])
      await stores.applications.saveManaged([kept])
      await stores.applications.removeManaged([pruned])
      expect(await stores.applications.inventory(one.id)).toEqual([kept])
      expect(await stores.applications.inventories([one.id, two.id])).toHaveLength(2)
    })

    it('takes the last of several entries for one row in a batch', async () => {
      const { id } = await created()
      await stores.applications.saveStatuses([aStatus(id), aStatus(id, { sync: 'Unknown' })])
      await stores.applications.saveDesired([aDesired(id), aDesired(id, { generation: 5 })])
      await stores.applications.saveManaged([aManagedObject(id), aManagedObject(id, { version: 'v2' })])
      expect((await stores.applications.status(id))?.sync).toBe('Unknown')
      expect((await stores.applications.desired(id))?.generation).toBe(5)
      expect(await stores.applications.inventory(id)).toEqual([aManagedObject(id, { version: 'v2' })])
    })

    it('accepts empty batches', async () => {
      await stores.applications.saveDesired([])
      await stores.applications.saveManaged([])
      await stores.applications.removeManaged([])
      expect(await stores.applications.saveStatuses([])).toBeGreaterThan(0)
      expect(await stores.applications.getMany([])).toEqual([])
    })

    it('saves field sets by id, any number of times', async () => {
      const id = unique('fields')
      await stores.applications.saveFieldSets(new Map([[id, '{"f:spec":{}}']]))
      await stores.applications.saveFieldSets(new Map([[id, '{"f:spec":{}}']]))
      expect(await stores.applications.fieldSets([id, 'absent'])).toEqual(new Map([[id, '{"f:spec":{}}']]))
    })
  })
}
