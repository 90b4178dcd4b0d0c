import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { changedApplications, whyChanged, type ChangeCandidate } from './which-applications-changed.js'

const candidate = (more: Partial<ChangeCandidate> = {}): ChangeCandidate => ({
  applicationId: 'a',
  generation: 1,
  desired: {
    generation: 1,
    revisions: ['c1'],
    inputs: [{ deploy: 't1', 'deploy/.argocd-source.yaml': null }],
  },
  revisions: ['c2'],
  oids: [{ deploy: 't1', 'deploy/.argocd-source.yaml': null }],
  ...more,
})
const recorded = { generation: 1, revisions: ['c1'], inputs: [{ deploy: 't1' }] }

describe('whyChanged() decides who is rendered again', () => {
  it('whyChanged() of a commit that touches nothing of it is unchanged', () => {
    expect(whyChanged(candidate())).toBe('unchanged')
    expect(changedApplications([candidate()])).toEqual([])
  })

  it('whyChanged() of the commit that was rendered is unchanged, also after a failure', () => {
    const desired = { ...recorded, error: 'bad YAML' }
    expect(whyChanged(candidate({ desired, revisions: ['c1'], failed: true }))).toBe('unchanged')
  })

  it.each<[string, Partial<ChangeCandidate>, RegExp]>([
    ['never rendered', { desired: undefined }, /never rendered/],
    ['a newer spec', { generation: 2 }, /spec changed/],
    [
      'a changed folder',
      { oids: [{ deploy: 't2', 'deploy/.argocd-source.yaml': null }] },
      /"deploy" changed/,
    ],
    [
      'a file that appeared',
      { oids: [{ deploy: 't1', 'deploy/.argocd-source.yaml': 'b1' }] },
      /argocd-source/,
    ],
    [
      'a folder that went',
      { oids: [{ deploy: null, 'deploy/.argocd-source.yaml': null }] },
      /"deploy" changed/,
    ],
    ['a path that was not looked up', { oids: [{ deploy: 't1' }] }, /argocd-source/],
    ['no look-up at all', { oids: [] }, /"deploy" changed/],
    ['no recorded input', { desired: { ...recorded, inputs: [{}] } }, /"\." changed/],
    ['another number of sources', { revisions: ['c2', 'd1'] }, /number of its sources/],
    ['a failed render', { desired: { ...recorded, error: 'bad YAML' } }, /render failed/],
    ['a failed sync', { failed: true }, /sync failed/],
    ['a render that knows its commit', { dependsOnCommit: true }, /depend on the commit/],
  ])('whyChanged() with %s says so', (_, more, reason) => {
    expect(whyChanged(candidate(more))).toMatch(reason)
    expect(changedApplications([candidate(more)])).toHaveLength(1)
  })

  it('whyChanged() is unchanged exactly when all recorded paths have their old objects', () => {
    const oids = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('1', '2', null), {
      minKeys: 1,
    })
    fc.assert(
      fc.property(oids, oids, (before, after) => {
        const asked = candidate({ desired: { ...recorded, inputs: [before] }, oids: [after] })
        const same = Object.entries(before).every(([path, oid]) => after[path] === oid)
        expect(whyChanged(asked) === 'unchanged').toBe(same)
      }),
    )
  })
})
