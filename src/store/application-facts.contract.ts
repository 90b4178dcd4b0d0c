import { beforeAll, describe, expect, it } from 'vitest'
import { aDesired, anApplication, anOperation, aRecord, aStatus, unique } from './contract-fixtures.js'
import type { Stores } from './stores.js'

const RECORD = aRecord('seed')

/** What every ApplicationFactsReader does, whatever the technology. */
export function applicationFactsContract(technology: string, open: () => Promise<Stores>): void {
  describe(`ApplicationFactsReader (${technology})`, () => {
    let stores: Stores

    beforeAll(async () => {
      stores = await open()
    })

    it('answers nothing but the application while there is nothing else', async () => {
      const spec = { ...anApplication().spec, project: unique('nobody') }
      const application = anApplication({ spec })
      expect(await stores.applicationFacts.of(application.id, { status: true })).toBeUndefined()
      await stores.applications.create(application, RECORD)
      expect(await stores.applicationFacts.of(application.id, { status: true })).toEqual({ application })
    })

    it('answers all that there is, the status only when it is asked for', async () => {
      const connection = { status: 'Unknown', message: '' } as const
      const createdAt = '2026-01-01T00:00:00.000Z'
      const named = { id: unique('cluster'), name: unique('name'), server: unique('server') }
      await stores.clusters.create({ ...named, connection, createdAt }, new Uint8Array([1]), RECORD)
      const project = {
        id: unique('project'),
        name: unique('project'),
        spec: { description: 'x' },
        generation: 3,
      }
      await stores.projects.create(project, RECORD)
      const destination = { name: named.name }
      const spec = { ...anApplication().spec, project: project.name, destination }
      const application = anApplication({ spec })
      await stores.applications.create(application, RECORD)
      const desired = aDesired(application.id)
      await stores.applications.saveDesired([desired])
      const status = aStatus(application.id)
      await stores.applications.saveStatuses([status])
      const known = { application, desired, project, clusterId: named.id }
      expect(await stores.applicationFacts.of(application.id, { status: false })).toEqual(known)
      expect(await stores.applicationFacts.of(application.id, { status: true })).toEqual({ ...known, status })
    })

    it('prefers the operation that is not over, also to one that seems to have started later', async () => {
      const application = anApplication()
      await stores.applications.create(application, RECORD)
      const of = () => stores.applicationFacts.of(application.id, { status: false })
      const over = anOperation(application.id, { startedAt: '2026-01-03T00:00:00.000Z' })
      await stores.operations.start(over, RECORD)
      const finished = { ...over, phase: 'Succeeded', finishedAt: '2026-01-03T00:01:00.000Z' } as const
      await stores.operations.finish(finished, RECORD)
      expect(await of()).toMatchObject({ active: undefined, last: finished })
      const active = anOperation(application.id, { startedAt: '2026-01-02T00:00:00.000Z' })
      await stores.operations.start(active, RECORD)
      expect(await of()).toMatchObject({ active, last: undefined })
    })
  })
}
