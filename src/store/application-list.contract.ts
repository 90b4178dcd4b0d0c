import { beforeAll, describe, expect, it } from 'vitest'
import { parseLabelSelector, type LabelTerm } from '../engine/application/label-selector.js'
import {
  FACETS,
  type ApplicationCursor,
  type ApplicationListFilter,
  type ApplicationOrder,
  type ApplicationSortField,
} from './application-list.js'
import { anOperation, aRecord, unique } from './contract-fixtures.js'
import { aPlace, observe, seed, type Place, type SeedOptions } from './list-fixtures.js'
import type { Stores } from './stores.js'

/** What every ApplicationList does, whatever the technology. Freshness: `heartbeat-store.contract.ts`. */
export function applicationListContract(technology: string, open: () => Promise<Stores>): void {
  describe(`ApplicationList (${technology})`, () => {
    let stores: Stores
    let place: Place
    let silent: Place
    const project = unique('project')
    const other = unique('project')

    beforeAll(async () => {
      stores = await open()
      place = await aPlace(stores)
      silent = await aPlace(stores)
      await observe(stores, place)
      await add('b-synced', { status: {}, automated: true, namespace: 'prod' })
      await add('a-100%', { status: { sync: 'OutOfSync', health: { status: 'Degraded' } } })
      await add('C-upper', { status: null, change: { labels: { team: 'b' } } })
      await add('d-other', { project: other, source: { path: 'Charts/Deep' } })
      await add('b-synced', { project: other, change: { namespace: 'zzz' }, byName: true })
      await add('e-silent', {}, silent)
    })

    let minute = 0
    const add = async (name: string, options: SeedOptions, at = place) => {
      minute += 1
      const createdAt = new Date(Date.UTC(2026, 0, 2, 3, 60 - minute)).toISOString()
      const change = { createdAt, ...options.change, name: `${project}-${name}` }
      return seed(stores, at, { project, ...options, change })
    }
    const both = { visibleProjects: [project, other] }
    const short = (name: string) => name.slice(project.length + 1)
    const names = async (filter: ApplicationListFilter, order?: ApplicationOrder) => {
      const { rows } = await stores.applicationList.page(filter, { first: 100, ...(order && { order }) })
      return rows.map(({ application }) => short(application.name))
    }
    const ALL = ['C-upper', 'a-100%', 'b-synced', 'b-synced', 'd-other', 'e-silent']

    it('sorts by name and namespace and shows the status without resources', async () => {
      expect(await names(both)).toEqual(ALL)
      const { rows } = await stores.applicationList.page(both, { first: 100 })
      expect(rows[0]?.status).toBeUndefined()
      expect(rows[1]?.status).toMatchObject({
        sync: 'OutOfSync',
        health: { status: 'Degraded' },
        resources: [],
      })
    })

    it('shows only what is visible, by project and by id', async () => {
      expect(await names({ visibleProjects: [other] })).toEqual(['b-synced', 'd-other'])
      expect(await names({ visibleProjects: [other], project })).toEqual([])
      expect(await names({ visibleProjects: [] })).toEqual([])
      const [first] = await stores.applicationList.identities(both)
      expect(await names({ ...both, visibleIds: [first?.id ?? ''] })).toHaveLength(1)
      expect(await names({ ...both, visibleIds: [] })).toEqual([])
    })

    it('filters by status as it is shown; without one it counts as Unknown', async () => {
      expect(await names({ project, sync: 'Synced' })).toEqual(['b-synced'])
      expect(await names({ project, sync: 'Unknown' })).toEqual(['C-upper', 'e-silent'])
      expect(await names({ project, health: 'Unknown' })).toEqual(['C-upper', 'e-silent'])
      expect(await names({ project, health: 'Degraded', sync: 'OutOfSync' })).toEqual(['a-100%'])
    })

    it('filters by what is declared', async () => {
      const { server, name } = place.cluster
      expect(await names({ ...both, cluster: name })).toHaveLength(5)
      expect(await names({ ...both, cluster: server })).toHaveLength(5)
      expect(await names({ ...both, cluster: silent.cluster.name })).toEqual(['e-silent'])
      expect(await names({ ...both, namespace: 'prod' })).toEqual(['b-synced'])
      expect(await names({ ...both, appNamespace: 'zzz' })).toEqual(['b-synced'])
      expect(await names({ ...both, autoSync: true })).toEqual(['b-synced'])
      const spelled = silent.repository.url.toUpperCase().replace('.GIT', '')
      expect(await names({ ...both, repository: spelled })).toEqual(['e-silent'])
    })

    it('filters by labels as Kubernetes does', async () => {
      const labels = (selector: string) => parseLabelSelector(selector) as readonly LabelTerm[]
      expect(await names({ ...both, labels: labels('team=b') })).toEqual(['C-upper'])
      expect(await names({ ...both, labels: labels('team in (a, b)') })).toEqual(ALL)
      expect(await names({ ...both, labels: labels('team!=a') })).toEqual(['C-upper'])
      expect(await names({ ...both, labels: labels('stage notin (a),!stage,team') })).toEqual(ALL)
      expect(await names({ ...both, labels: labels('stage') })).toEqual([])
    })

    it('finds text anywhere in name, project, repository and path, wildcards taken literally', async () => {
      expect(await names({ ...both, text: 'c-UPP' })).toEqual(['C-upper'])
      expect(await names({ ...both, text: '100%' })).toEqual(['a-100%'])
      expect(await names({ ...both, text: 'a_100' })).toEqual([])
      expect(await names({ ...both, text: '\\' })).toEqual([])
      expect(await names({ ...both, text: 'charts/DEEP' })).toEqual(['d-other'])
      expect(await names({ ...both, text: other })).toEqual(['b-synced', 'd-other'])
      expect(await names({ ...both, text: silent.repository.url })).toEqual(['e-silent'])
    })

    it('sorts by every field, both ways, and pages by key without gaps or repeats', async () => {
      for (const field of ['name', 'createdAt', 'health', 'sync', 'lastSync'] as ApplicationSortField[]) {
        for (const descending of [false, true]) {
          const order = { field, descending }
          const whole = await names(both, order)
          expect(whole).toHaveLength(6)
          const paged: string[] = []
          let after: ApplicationCursor | undefined
          for (let more = true; more;) {
            const page = await stores.applicationList.page(both, { first: 2, order, ...(after && { after }) })
            paged.push(...page.rows.map(({ application }) => short(application.name)))
            after = page.rows.map(cursorOf).at(-1)
            more = page.hasNextPage
          }
          expect(paged, `${field} ${descending}`).toEqual(whole)
        }
      }
      expect(await names(both, { field: 'createdAt', descending: false })).toEqual([
        'e-silent',
        'b-synced',
        'd-other',
        'C-upper',
        'a-100%',
        'b-synced',
      ])
      expect((await names(both, { field: 'sync', descending: true }))[0]).toBe('a-100%')
    })

    it('knows the newest operation: for filter, order and by itself', async () => {
      const [target] = (await stores.applicationList.page(both, { first: 1 })).rows
      const id = target?.application.id ?? ''
      await stores.operations.start(anOperation(id), aRecord('sync'))
      expect(await names({ ...both, operationPhase: 'Running' })).toEqual(['C-upper'])
      expect((await names(both, { field: 'lastSync', descending: true }))[0]).toBe('C-upper')
      expect(await stores.applicationList.newestOperations([id, 'none'])).toMatchObject([
        { applicationId: id, phase: 'Running' },
      ])
    })

    it('counts what fits, in total and by facet, as it is shown', async () => {
      expect(await stores.applicationList.total(both)).toBe(6)
      expect(await stores.applicationList.total({ ...both, sync: 'Unknown' })).toBe(2)
      const facets = await stores.applicationList.facets(both)
      expect(Object.keys(facets).sort()).toEqual([...FACETS].sort())
      expect(facets.sync).toEqual([
        { value: 'Synced', count: 3 },
        { value: 'Unknown', count: 2 },
        { value: 'OutOfSync', count: 1 },
      ])
      expect(facets.project).toEqual([
        { value: project, count: 4 },
        { value: other, count: 2 },
      ])
      expect(facets.cluster).toEqual([
        { value: place.cluster.name, count: 5 },
        { value: silent.cluster.name, count: 1 },
      ])
      expect(facets.autoSync).toEqual([
        { value: 'false', count: 5 },
        { value: 'true', count: 1 },
      ])
      expect((await stores.applicationList.facets({ visibleIds: [] })).sync).toEqual([])
    })

    it('finds one by name, and none that is not there', async () => {
      const row = await stores.applicationList.byName('zzz', `${project}-b-synced`)
      expect(row?.application.spec.project).toBe(other)
      expect(await stores.applicationList.byName('elsewhere', `${project}-b-synced`)).toBeUndefined()
    })
  })
}

function cursorOf({
  application: { name, namespace },
  sortValue,
}: {
  readonly application: { readonly name: string; readonly namespace: string }
  readonly sortValue?: string
}): ApplicationCursor {
  return { name, namespace, ...(sortValue !== undefined && { value: sortValue }) }
}
