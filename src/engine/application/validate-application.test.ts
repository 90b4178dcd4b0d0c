import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseApplicationName } from './application-name.js'
import type { ApplicationSource } from './application.js'
import { didYouMean } from './did-you-mean.js'
import { problemText } from './field-problem.js'
import { unsupportedSource, unsupportedSpec } from './unsupported-source.js'
import { validateApplication, validateApplicationSpec } from './validate-application.js'

const source = { repoURL: 'https://git.example/shop.git', path: 'deploy' }
const spec = { destination: { name: 'prod', namespace: 'shop' }, source }
const minimal = { metadata: { name: 'shop' }, spec }

const EVERY_SOURCE: readonly ApplicationSource[] = [
  {
    ...source,
    helm: {
      valueFiles: ['a.yaml', '$values/b.yaml'],
      parameters: [{ name: 'a', value: '', forceString: true }],
      fileParameters: [{ name: 'a', path: 'b' }],
      releaseName: 'shop',
      values: 'a: 1\n',
      valuesObject: { a: [1, { b: null }] },
      version: 'v3',
      passCredentials: true,
      ignoreMissingValueFiles: true,
      skipCrds: true,
      skipTests: true,
      skipSchemaValidation: true,
      namespace: 'x',
      kubeVersion: '1.30.0',
      apiVersions: ['apps/v1'],
    },
  },
  { repoURL: 'https://charts.example', chart: 'redis', targetRevision: '1.*', name: 'redis' },
  { repoURL: 'oci://registry.example/app', path: '.', targetRevision: '1.0.0' },
  {
    ...source,
    kustomize: {
      namePrefix: 'a-',
      nameSuffix: '-b',
      images: ['nginx=nginx:1.2'],
      replicas: [{ name: 'web', count: '3' }],
      commonLabels: { a: 'b' },
      commonAnnotations: { a: '$X' },
      forceCommonLabels: true,
      forceCommonAnnotations: true,
      commonAnnotationsEnvsubst: true,
      labelWithoutSelector: true,
      labelIncludeTemplates: true,
      namespace: 'x',
      patches: [
        { patch: '- op: remove', target: { kind: 'Deployment' }, options: { allowNameChange: true } },
      ],
      components: ['../c'],
      ignoreMissingComponents: true,
      version: 'v5',
      kubeVersion: '1.30.0',
      apiVersions: ['apps/v1'],
    },
  },
  {
    ...source,
    plugin: { name: 'x', env: [{ name: 'A', value: '' }], parameters: [{ name: 'b', array: ['c'] }] },
  },
  {
    ...source,
    directory: {
      recurse: true,
      jsonnet: { extVars: [{ name: 'a', value: '1', code: true }], libs: ['lib'] },
    },
  },
  { ...source, tagPrefix: 'release-' },
]
const HYDRATOR = {
  drySource: {
    repoURL: 'https://git.example/dry.git',
    targetRevision: 'main',
    path: 'env',
    helm: { values: 'a: 1' },
  },
  syncSource: { targetBranch: 'env/prod', path: 'shop' },
  hydrateTo: { targetBranch: 'env/prod-next' },
}

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

  it('[2.1 sourceHydrator?] [2.1 helm?] [2.1 kustomize?] [2.1 plugin?] keeps every field', () => {
    for (const written of EVERY_SOURCE) {
      const whole = withSpec({ source: undefined, sources: [written] })
      expect(problems(whole)).toBe('')
      expect(validateApplication(whole)).toMatchObject({ application: { spec: { sources: [written] } } })
      expect(unsupportedSource(written)).toMatch(
        /which this version does not render yet: nothing is applied\. .+\.$/,
      )
    }
    const hydrated = { destination: spec.destination, sourceHydrator: HYDRATOR, project: 'default' }
    expect(validateApplicationSpec(hydrated)).toEqual({ spec: hydrated })
    expect(unsupportedSpec(hydrated)).toContain('does not hydrate')
    expect(unsupportedSpec({ ...hydrated, source })).toBeUndefined()
    expect(unsupportedSource(source)).toBeUndefined()
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
    [withSource({ path: '/abs' }), 'spec.source.path: must be relative'],
    [withSource({ repoURL: '--upload-pack=x' }), 'spec.source.repoURL: is not a repository URL'],
    [withSource({ repoURL: 'ext::sh -c x' }), 'spec.source.repoURL: is not a repository URL'],
    [withSource({ repoURL: '' }), 'spec.source.repoURL: is missing'],
    [withSpec({ sourceHydrator: {} }), 'spec.sourceHydrator.drySource: is missing'],
    [withSource({ helm: {}, kustomize: {} }), 'spec.source: has blocks for several tools (helm, kustomize)'],
    [withSource({ chart: 'x', path: undefined }), 'spec.source.targetRevision: is missing; name the version'],
    [
      withSource({ helm: { parameters: [{ value: 'x' }] } }),
      'spec.source.helm.parameters[0].name: is missing',
    ],
    [
      withSource({ kustomize: { replicas: [{ name: 'a', count: 'x' }] } }),
      'spec.source.kustomize.replicas[0].count',
    ],
    [
      withSource({ kustomize: { patches: [{ options: { a: 1 } }] } }),
      'spec.source.kustomize.patches[0].options',
    ],
    [withSource({ helm: { valuesObject: [] } }), 'spec.source.helm.valuesObject: must be a map'],
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
