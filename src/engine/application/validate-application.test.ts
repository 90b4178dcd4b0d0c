import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseApplicationName } from './application-name.js'
import { didYouMean } from './did-you-mean.js'
import { problemText } from './field-problem.js'
import { validateApplication, validateApplicationSpec } from './validate-application.js'

const source = { repoURL: 'https://git.example/shop.git', path: 'deploy' }
const spec = { destination: { name: 'prod', namespace: 'shop' }, source }
const minimal = { metadata: { name: 'shop' }, spec }

function problems(input: unknown): string {
  const result = validateApplication(input)
  return 'problems' in result ? problemText(result.problems) : ''
}
const withSpec = (more: object): unknown => ({ ...minimal, spec: { ...spec, ...more } })
const withSource = (more: object): unknown => withSpec({ source: { ...source, ...more } })

describe('validateApplication() accepts what people have', () => {
  it('validateApplication() fills in the defaults', () => {
    expect(validateApplication(minimal)).toEqual({
      application: {
        name: 'shop',
        namespace: 'argocd',
        labels: {},
        annotations: {},
        spec: { ...spec, project: 'default' },
      },
    })
  })

  it('validateApplication() accepts a manifest as an API server prints it', () => {
    const manifest = {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Application',
      metadata: {
        name: 'shop',
        namespace: 'team-a',
        uid: 'x',
        resourceVersion: '1',
        creationTimestamp: '2026-01-01T00:00:00Z',
        generation: 3,
        managedFields: [{}],
        finalizers: ['resources-finalizer.argocd.argoproj.io/background'],
        annotations: { a: 'b' },
        labels: null,
      },
      spec: {
        project: '',
        destination: { server: 'https://kubernetes.default.svc', name: '', namespace: 'shop' },
        sources: [source, { repoURL: 'git@git.example:values.git', ref: 'values' }],
        syncPolicy: {
          automated: { prune: true, selfHeal: true },
          syncOptions: ['CreateNamespace=true'],
          retry: { limit: -1, backoff: { duration: '5s', factor: 2, maxDuration: '3m' }, refresh: true },
          managedNamespaceMetadata: { labels: { a: 'b' } },
        },
        ignoreDifferences: [{ group: 'apps', kind: 'Deployment', jsonPointers: ['/spec/replicas'] }],
        info: [{ name: 'url', value: 'https://shop.example' }],
        revisionHistoryLimit: 0,
      },
      status: { anything: true },
    }
    const result = validateApplication(manifest)
    expect(problems(manifest)).toBe('')
    expect(result).toMatchObject({
      application: { namespace: 'team-a', spec: { project: 'default', revisionHistoryLimit: 0 } },
    })
  })

  it('validateApplicationSpec() reads a spec alone', () => {
    expect(validateApplicationSpec(spec)).toEqual({ spec: { ...spec, project: 'default' } })
    expect(validateApplicationSpec({})).toMatchObject({
      problems: [{ path: 'spec.destination' }, { path: 'spec.source' }],
    })
  })
})

describe('validateApplication() names every fault with its path', () => {
  it('validateApplication() lists all faults at once', () => {
    const input = {
      apiVersion: 'v1',
      metadata: { name: 'Shop_1', labels: { a: 1 } },
      spec: {
        destinaton: {},
        source: { repoURL: 5, path: '../x' },
        syncPolicy: { automated: { prune: 'yes' } },
      },
    }
    expect(problems(input).split('\n')).toEqual([
      'apiVersion: must be "argoproj.io/v1alpha1", not "v1".',
      'metadata.name: "Shop_1" is not a DNS name; use lower-case letters, digits, "-" and ".", like "shop-1".',
      'metadata.labels.a: must be text, not a number; put it in quotes.',
      'spec.destinaton: is not a known field. Did you mean "destination"?',
      'spec.destination: is missing; add it.',
      'spec.source.repoURL: must be text, not a number; put it in quotes.',
      'spec.source.path: must not leave the repository; remove "..".',
      'spec.syncPolicy.automated.prune: must be true or false, not text.',
    ])
  })

  it.each<[unknown, string]>([
    [null, 'must be a map of fields, not nothing.'],
    [[], 'must be a map of fields, not a list.'],
    [{}, 'metadata: is missing; add it.'],
    [{ ...minimal, kind: 'AppProject' }, 'kind: must be "Application", not "AppProject".'],
    [{ ...minimal, operation: {} }, 'operation: is not supported yet'],
    [
      withSpec({ destination: { name: 'a', server: 'https://b' } }),
      'spec.destination: must name its cluster by exactly one',
    ],
    [withSpec({ destination: { namespace: 'x' } }), 'spec.destination: must name its cluster by exactly one'],
    [withSpec({ destination: { server: 'prod' } }), 'spec.destination.server: must be the URL'],
    [withSpec({ destination: { name: 'a', namespace: 'A.b' } }), 'spec.destination.namespace: "A.b" is not'],
    [withSpec({ source: undefined }), 'spec.source: is missing'],
    [withSpec({ sources: [{ ...source, path: '' }] }), 'spec.sources[0].path: is missing'],
    [
      withSpec({ revisionHistoryLimit: -1 }),
      'spec.revisionHistoryLimit: must be a whole number of at least 0.',
    ],
    [
      withSpec({ syncPolicy: { retry: { backoff: { duration: 'soon' } } } }),
      'spec.syncPolicy.retry.backoff.duration: "soon"',
    ],
    [
      withSpec({ ignoreDifferences: [{ jsonPointers: ['spec'] }] }),
      'spec.ignoreDifferences[0].jsonPointers[0]: must begin',
    ],
    [withSpec({ sourceHydrator: {} }), 'spec.sourceHydrator: is not supported yet'],
    [withSource({ path: '/abs' }), 'spec.source.path: must be relative'],
    [withSource({ helm: {} }), 'spec.source.helm: is not supported yet: Helm.'],
    [withSource({ kustomize: {} }), 'spec.source.kustomize: is not supported yet'],
    [withSource({ plugin: {} }), 'spec.source.plugin: is not supported yet'],
    [withSource({ chart: 'x', path: undefined }), 'spec.source.chart: is not supported yet'],
    [withSource({ directory: { jsonnet: {} } }), 'spec.source.directory.jsonnet: is not supported yet'],
    [withSource({ repoURL: '--upload-pack=x' }), 'spec.source.repoURL: is not a repository URL'],
    [withSource({ repoURL: 'ext::sh -c x' }), 'spec.source.repoURL: is not a repository URL'],
    [withSource({ repoURL: 'oci://x/y' }), 'spec.source.repoURL: is not supported yet'],
    [withSource({ repoURL: '' }), 'spec.source.repoURL: is missing'],
    [withSource({ constructor: 1 }), 'spec.source.constructor: is not a known field.'],
    [
      { metadata: { name: 'a', finalizers: ['x/y'] }, spec },
      'metadata.finalizers[0]: "x/y" is not a finalizer',
    ],
  ])('validateApplication() of %j says %s', (input, message) => {
    const lines = problems(input).split('\n')
    expect(lines.some((line) => line.startsWith(message))).toBe(true)
    for (const line of lines) expect(line).toMatch(/[.?]$/)
  })

  it('validateApplication() survives any JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
        for (const input of [
          one,
          { metadata: one, spec: other },
          withSpec({ source: one, syncPolicy: other }),
        ]) {
          expect(problems(input)).not.toBe('')
        }
      }),
    )
  })
})

describe('didYouMean() guesses typing errors only', () => {
  it.each([
    ['selfheal', 'selfHeal'],
    ['prun', 'prune'],
    ['x', undefined],
    ['zzz', undefined],
    ['p'.repeat(1000), undefined],
  ])('didYouMean() of %s is %s', (wrong, meant) => {
    expect(didYouMean(wrong, ['prune', 'selfHeal', 'allowEmpty'])).toBe(meant)
  })
})

describe('parseApplicationName() reads what people type', () => {
  it.each([
    ['shop', { namespace: 'argocd', name: 'shop' }],
    [' team-a/shop.eu ', { namespace: 'team-a', name: 'shop.eu' }],
    ['a/b/c', undefined],
    ['/shop', undefined],
    ['Shop', undefined],
    ['', undefined],
  ])('parseApplicationName() of "%s"', (text, expected) => {
    expect(parseApplicationName(text)).toEqual(expected)
  })
})
