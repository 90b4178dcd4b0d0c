import { describe, expect, it } from 'vitest'
import type { ResourceKey } from '../manifest/resource-key.js'
import { orphanedObjects, orphanWarning } from './orphaned-objects.js'
import type { OrphanedResources, ProjectSpec } from './project.js'

const key = (text: string): ResourceKey => {
  const [group = '', kind = '', name = '', namespace = 'shop'] = text.split(' ')
  return { group: group === '-' ? '' : group, kind, name, namespace }
}
const LOOSE = ['- ConfigMap a', 'apps Deployment web', '- Secret s', 'batch Job j'].map(key)

function found(orphanedResources: OrphanedResources | undefined, more: ProjectSpec = {}, loose = LOOSE) {
  const spec = { ...more, ...(orphanedResources && { orphanedResources }) }
  return orphanedObjects({ name: 'demo', spec }, loose).map(({ kind, name }) => `${kind}/${name}`)
}

describe('[2.2 orphanedResources] orphanedObjects()', () => {
  it('finds nothing unless the project asks', () => {
    expect(found(undefined)).toEqual([])
    expect(found({})).toEqual(['ConfigMap/a', 'Deployment/web', 'Job/j', 'Secret/s'])
  })

  it.each<[string, OrphanedResources['ignore'], readonly string[]]>([
    ['a kind', [{ kind: 'Secret' }], ['ConfigMap/a', 'Deployment/web', 'Job/j']],
    ['globs', [{ group: '*', kind: '*', name: 'w*' }], ['ConfigMap/a', 'Job/j', 'Secret/s']],
    ['a group', [{ group: 'apps' }], ['ConfigMap/a', 'Job/j', 'Secret/s']],
    ['the core group', [{ group: '', kind: '' }], ['Deployment/web', 'Job/j']],
    ['several', [{ kind: 'Secret' }, { name: 'a' }], ['Deployment/web', 'Job/j']],
    [
      'another name',
      [{ kind: 'Secret', name: 'other' }],
      ['ConfigMap/a', 'Deployment/web', 'Job/j', 'Secret/s'],
    ],
  ])('leaves out what %s ignores', (_what, ignore, expected) => {
    expect(found({ ignore: ignore ?? [] })).toEqual(expected)
  })

  it('leaves out what every namespace has, and kinds that the project does not permit', () => {
    const builtIn = [
      '- ServiceAccount default',
      '- ConfigMap kube-root-ca.crt',
      '- Service kubernetes default',
      '- Service kubernetes shop',
    ].map(key)
    expect(found({}, {}, builtIn)).toEqual(['Service/kubernetes'])
    expect(found({}, { namespaceResourceBlacklist: [{ group: '', kind: 'Secret' }] })).not.toContain(
      'Secret/s',
    )
  })
})

describe('orphanWarning()', () => {
  it('counts and names them, unless the project does not want to be warned', () => {
    expect(orphanWarning({ spec: { orphanedResources: {} } }, LOOSE)).toBe(
      '4 objects belong to no application in namespace "shop": ConfigMap/a, Deployment/web, Secret/s, …. Declare or delete them, or let the project ignore them (lockstep proj add-orphaned-ignore).',
    )
    expect(orphanWarning({ spec: { orphanedResources: {} } }, LOOSE.slice(0, 1))).toContain(
      '1 object belongs to no application',
    )
    expect(orphanWarning({ spec: { orphanedResources: { warn: false } } }, LOOSE)).toBeUndefined()
    expect(orphanWarning({ spec: { orphanedResources: {} } }, [])).toBeUndefined()
  })
})
