import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { problemText } from '../application/field-problem.js'
import { OPEN_PROJECT_SPEC } from './project.js'
import { validateProject } from './validate-project.js'

function problems(input: unknown): string {
  const result = validateProject(input)
  return 'problems' in result ? problemText(result.problems) : ''
}
const withSpec = (spec: object): unknown => ({ metadata: { name: 'demo' }, spec })

describe('validateProject() reads contract 2.2', () => {
  it('[2.2 description] is kept, up to 255 characters', () => {
    const spec = (description: string): object => ({ metadata: { name: 'demo' }, spec: { description } })
    expect(validateProject(spec('a'.repeat(255)))).toEqual({
      project: { name: 'demo', spec: { description: 'a'.repeat(255) } },
    })
    expect(JSON.stringify(validateProject(spec('a'.repeat(256))))).toContain('description')
    expect(validateProject(spec('a'.repeat(256)))).not.toHaveProperty('project')
  })

  it('validateProject() accepts a manifest and keeps its spec', () => {
    const manifest = {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'AppProject',
      metadata: { name: 'demo', namespace: 'argocd', labels: { a: 'b' }, finalizers: ['x'] },
      spec: {
        ...OPEN_PROJECT_SPEC,
        description: 'all of it',
        sourceRepos: ['*', '!https://h/secret/*'],
        clusterResourceBlacklist: [{ group: '', kind: 'Node', name: 'a[^b]*' }],
        namespaceResourceWhitelist: [],
      },
    }
    expect(validateProject(manifest)).toEqual({ project: { name: 'demo', spec: manifest.spec } })
    expect(validateProject({ metadata: { name: 'demo' } })).toEqual({ project: { name: 'demo', spec: {} } })
  })

  it.each<[unknown, string]>([
    [{ metadata: { name: 'De mo' } }, 'metadata.name: "De mo" is not a DNS name'],
    [withSpec({ sourceRepo: [] }), 'spec.sourceRepo: is not a known field. Did you mean "sourceRepos"?'],
    [withSpec({ sourceRepos: ['https://h/[', '!{'] }), 'spec.sourceRepos[0]: is not a pattern'],
    [withSpec({ sourceRepos: ['ok', '!{'] }), 'spec.sourceRepos[1]: is not a pattern'],
    [withSpec({ destinations: [{ namespace: 1 }] }), 'spec.destinations[0].namespace: must be text'],
    [
      withSpec({ clusterResourceWhitelist: [{ kind: 'x' }] }),
      'spec.clusterResourceWhitelist[0].group: is missing',
    ],
    [
      withSpec({ clusterResourceWhitelist: [{ group: '', kind: 'x', name: '[' }] }),
      'spec.clusterResourceWhitelist[0].name:',
    ],
    [
      withSpec({ namespaceResourceBlacklist: [{ group: '', kind: 'x', name: 'y' }] }),
      'spec.namespaceResourceBlacklist[0].name:',
    ],
    [withSpec({ signatureKeys: [] }), 'spec.signatureKeys: is not supported yet'],
    [withSpec({ sourceIntegrity: {} }), 'spec.sourceIntegrity: is not supported yet'],
    [
      withSpec({ destinationServiceAccounts: [] }),
      'spec.destinationServiceAccounts: is not supported yet: impersonation',
    ],
    [withSpec({ sourceNamespaces: ['/team-.*/'] }), 'spec.sourceNamespaces[0]: is a regular expression'],
    [withSpec({ syncWindow: [] }), 'spec.syncWindow: is not a known field. Did you mean "syncWindows"?'],
    [
      withSpec({ orphanedResources: { warm: true } }),
      'spec.orphanedResources.warm: is not a known field. Did you mean "warn"?',
    ],
    [
      withSpec({ permitOnlyProjectScopedClusters: 'yes' }),
      'spec.permitOnlyProjectScopedClusters: must be true or false',
    ],
    [withSpec({ description: 'x'.repeat(256) }), 'spec.description: is longer'],
  ])('validateProject() of %j says %s', (input, message) => {
    expect(
      problems(input)
        .split('\n')
        .some((line) => line.startsWith(message)),
    ).toBe(true)
  })

  it('validateProject() survives any JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(problems(value)).not.toBe('')
        expect(() => problems(withSpec({ destinations: value, sourceRepos: value }))).not.toThrow()
      }),
    )
  })
})
