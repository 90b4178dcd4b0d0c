import { beforeAll, describe, expect, it } from 'vitest'
import type { AuditFilter, AuditTrail } from './audit-trail.js'
import { withAuditOrigin } from './audit-origin.js'
import { unique } from './contract-fixtures.js'
import type { AuditEntry, AuditEvent } from './records.js'
import type { Stores } from './stores.js'

const MOST = 100

/** The audit trail for people, whatever the technology. */
export function auditTrailContract(technology: string, open: () => Promise<Stores>): void {
  describe(`AuditTrail (${technology})`, () => {
    const [project, other] = [unique('project'), unique('other')]
    const actor = unique('ann')
    let trail: AuditTrail
    let all: readonly AuditEvent[]

    const entries: readonly AuditEntry[] = [
      { actor, action: 'create-application', object: `application/argocd/${project}-web`, project },
      { actor, action: 'sync-application', object: 'application/argocd/shop', project, outcome: 'FAILED' },
      { actor, action: 'sync-application', object: 'application/argocd/till', project: other },
      {
        actor: 'system',
        action: 'finish-sync',
        object: 'application/argocd/shop',
        objectId: 'id-1',
        project,
        operation: 'op-1',
        details: { objects: [`ConfigMap ${project}-settings pruned`], reason: 'because' },
      },
      { actor, action: 'log-in', object: `account/${actor}` },
    ]

    beforeAll(async () => {
      const stores = await open()
      trail = stores.auditTrail
      for (const audit of entries) {
        await withAuditOrigin({ source: '192.0.2.7', credential: 'c-1' }, () =>
          stores.audit.append({ audit, doorbells: [] }),
        )
      }
      all = (await stores.audit.list(entries.length)).toReversed()
    })

    const found = async (filter: AuditFilter): Promise<readonly number[]> => {
      const ids = (await trail.page(filter, { first: MOST })).map(({ id }) => id)
      return ids.flatMap((id) => {
        const index = all.findIndex((event) => event.id === id)
        return index < 0 ? [] : [index]
      })
    }

    it('page() answers whole events, newest first', async () => {
      const events = await trail.page({}, { first: entries.length })
      expect(events.map(({ id: _id, at: _at, ...event }) => event)).toEqual(
        entries
          .map((entry) => ({ outcome: 'ACCEPTED', source: '192.0.2.7', credential: 'c-1', ...entry }))
          .toReversed(),
      )
    })

    it.each<readonly [string, (first: AuditEvent) => AuditFilter, readonly number[]]>([
      ['actor', () => ({ actor }), [4, 2, 1, 0]],
      ['action', () => ({ actor, action: 'sync-application' }), [2, 1]],
      ['object', () => ({ object: `account/${actor}` }), [4]],
      ['project', () => ({ project }), [3, 1, 0]],
      ['outcome', () => ({ outcome: 'FAILED', project }), [1]],
      ['what was written', () => ({ text: `pruned ${project}` }), [3]],
      ['words in any case', () => ({ text: `${actor} ArgoCD application` }), [2, 1, 0]],
      ['beginnings of words', () => ({ text: `${actor} argo* appli*` }), [2, 1, 0]],
      ['parts of words', () => ({ text: `${actor} argo` }), []],
      ['words that are not there', () => ({ text: `${actor} nowhere` }), []],
      ['marks of the query language', () => ({ text: `${actor} & ! ' \\ :* <-> (`, project }), [1, 0]],
      ['what projects show', () => ({ visibleProjects: [project, other] }), [3, 2, 1, 0]],
      ['what projects show, filtered', () => ({ visibleProjects: [project], actor }), [1, 0]],
      ['no project', () => ({ visibleProjects: [] }), []],
      ['from', ({ at }) => ({ actor, from: at }), [4, 2, 1, 0]],
      ['to', ({ at }) => ({ actor, to: at }), []],
    ])('page() by %s', async (_name, filter, expected) => {
      const [first] = all
      if (first === undefined) throw new Error('nothing was written')
      expect(await found(filter(first))).toEqual(expected)
    })

    it('page() goes on behind the last event, without gap or repetition', async () => {
      const seen: string[] = []
      let after: { readonly at: string; readonly id: string } | undefined
      for (let page = 0; page < 5; page += 1) {
        const [event] = await trail.page({ actor }, { first: 1, ...(after && { after }) })
        if (event === undefined) break
        seen.push(event.id)
        after = event
      }
      expect(seen).toEqual([4, 2, 1, 0].map((index) => all[index]?.id))
    })
  })
}
