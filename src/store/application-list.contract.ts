import { beforeAll, describe, expect, it } from 'vitest'
import type { ApplicationListFilter } from './application-list.js'
import { anApplication, aRecord, aStatus, unique } from './contract-fixtures.js'
import type { Stores } from './stores.js'

/** What every ApplicationList does, whatever the technology. */
export function applicationListContract(technology: string, open: () => Promise<Stores>): void {
  describe(`ApplicationList (${technology})`, () => {
    let stores: Stores
    const project = unique('project')
    const other = unique('project')

    beforeAll(async () => {
      stores = await open()
      await add('b-synced', project, 'Synced')
      await add('a-100%', project, 'OutOfSync')
      await add('C-upper', project, undefined)
      await add('d-other', other, 'Synced')
      await add('b-synced', other, 'Synced', 'zzz')
    })

    const add = async (
      name: string,
      itsProject: string,
      sync: 'Synced' | 'OutOfSync' | undefined,
      namespace = 'argocd',
    ) => {
      const application = anApplication({ name: `${project}-${name}`, namespace })
      const spec = { ...application.spec, project: itsProject }
      await stores.applications.create({ ...application, spec }, aRecord('create-application'))
      if (sync !== undefined) await stores.applications.saveStatuses([aStatus(application.id, { sync })])
    }

    const names = async (filter: ApplicationListFilter) => {
      const { rows } = await stores.applicationList.page(filter, { first: 100 })
      return rows.map(({ application }) => application.name.slice(project.length + 1))
    }

    it('sorts by name and namespace and shows the status without resources', async () => {
      const both = { visibleProjects: [project, other] }
      expect(await names(both)).toEqual(['C-upper', 'a-100%', 'b-synced', 'b-synced', 'd-other'])
      const { rows } = await stores.applicationList.page(both, { first: 100 })
      expect(rows[0]?.status).toBeUndefined()
      expect(rows[1]?.status).toMatchObject({
        sync: 'OutOfSync',
        health: { status: 'Degraded' },
        resources: [],
      })
    })

    it('shows only visible projects', async () => {
      expect(await names({ visibleProjects: [other] })).toEqual(['b-synced', 'd-other'])
      expect(await names({ visibleProjects: [other], project })).toEqual([])
      expect(await names({ visibleProjects: [] })).toEqual([])
    })

    it('filters by status; without one it counts as Unknown', async () => {
      expect(await names({ project, sync: 'Synced' })).toEqual(['b-synced'])
      expect(await names({ project, sync: 'Unknown' })).toEqual(['C-upper'])
      expect(await names({ project, health: 'Unknown' })).toEqual(['C-upper'])
    })

    it('finds text anywhere in the name, letter case aside, wildcards taken literally', async () => {
      expect(await names({ project, text: 'c-UPP' })).toEqual(['C-upper'])
      expect(await names({ project, text: '100%' })).toEqual(['a-100%'])
      expect(await names({ project, text: 'a_100' })).toEqual([])
      expect(await names({ project, text: '\\' })).toEqual([])
    })

    it('pages by key without gaps or repeats', async () => {
      const seen: string[] = []
      let after: { readonly name: string; readonly namespace: string } | undefined
      for (let more = true; more;) {
        const page = await stores.applicationList.page(
          { visibleProjects: [project, other] },
          { first: 2, ...(after === undefined ? {} : { after }) },
        )
        seen.push(...page.rows.map(({ application }) => `${application.name}/${application.namespace}`))
        after = page.rows.at(-1)?.application
        more = page.hasNextPage
      }
      expect(new Set(seen).size).toBe(5)
      expect(seen).toHaveLength(5)
    })
  })
}
