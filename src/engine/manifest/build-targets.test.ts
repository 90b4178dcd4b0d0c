import { describe, expect, it } from 'vitest'
import type { Application } from '../application/application.js'
import type { ApiCatalog, ApiKind } from './api-catalog.js'
import { buildTargets, type TargetContext } from './build-targets.js'
import type { Manifest, RenderedManifest } from './manifest.js'

const application: Application = {
  id: '1',
  namespace: 'argocd',
  name: 'shop',
  labels: {},
  annotations: {},
  spec: { project: 'default', destination: { name: 'c', namespace: 'prod' } },
  generation: 1,
  createdAt: '2026-01-01T00:00:00Z',
}

function kind(group: string, name: string, namespaced: boolean): [string, ApiKind] {
  return [`${group}/${name}`, { group, kind: name, version: 'v1', plural: `${name}s`, namespaced, verbs: [] }]
}

const catalog: ApiCatalog = {
  kinds: new Map([kind('', 'ConfigMap', true), kind('', 'Namespace', false), crdKind()]),
  failedGroups: new Set(['metrics.k8s.io']),
}

function crdKind(): [string, ApiKind] {
  return kind('apiextensions.k8s.io', 'CustomResourceDefinition', false)
}

const context: TargetContext = {
  application,
  destinationNamespace: 'prod',
  catalog,
  permits: () => undefined,
}

function render(...manifests: readonly unknown[]): readonly RenderedManifest[] {
  return manifests.map((manifest, index) => ({
    manifest: manifest as Manifest,
    origin: { file: 'a.yaml', line: index + 1 },
  }))
}

function configMap(metadata: object): object {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', ...metadata } }
}

const widgets = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Cluster',
    names: { kind: 'Widget', plural: 'widgets' },
    versions: [{ name: 'v1', storage: true }],
  },
}

describe('buildTargets()', () => {
  it('R-27 sets the namespace of namespaced kinds and removes it from cluster-scoped ones', () => {
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'n', namespace: 'odd' } }
    const { targets } = buildTargets(render(configMap({}), namespace), context)
    expect(targets[0]?.manifest.metadata).toEqual({
      name: 'a',
      namespace: 'prod',
      annotations: { 'argocd.argoproj.io/tracking-id': 'shop:/ConfigMap:prod/a' },
    })
    expect(targets[1]?.manifest.metadata).toEqual({
      name: 'n',
      annotations: { 'argocd.argoproj.io/tracking-id': 'shop:/Namespace:prod/n' },
    })
  })

  it('allows kinds that a CustomResourceDefinition of the same render brings', () => {
    const widget = { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'w', namespace: 'x' } }
    const { targets, problems } = buildTargets(render(widget, widgets), context)
    expect(problems).toEqual([])
    expect(targets[0]).toMatchObject({ missingKind: true, key: { namespace: '' }, version: 'v1' })
  })

  it('tells an unknown kind from one whose group failed discovery', () => {
    const unknown = { apiVersion: 'x.io/v1', kind: 'X', metadata: { name: 'x' } }
    const hidden = { apiVersion: 'metrics.k8s.io/v1', kind: 'NodeMetrics', metadata: { name: 'x' } }
    const { problems } = buildTargets(render(unknown, hidden), context)
    expect(problems.map((problem) => problem.reason)).toEqual(['unknownKind', 'undiscoveredKind'])
    expect(problems[0]?.message).toContain('a.yaml:1')
  })

  it('hopes for a kind that is not served when told so, by object or application, and for no other', () => {
    const option = 'SkipDryRunOnMissingResource=true'
    const annotations = { 'argocd.argoproj.io/sync-options': option }
    const widget = { apiVersion: 'x.io/v1', kind: 'X', metadata: { name: 'x' } }
    const told = { ...widget, metadata: { name: 'told', annotations } }
    const hidden = {
      apiVersion: 'metrics.k8s.io/v1',
      kind: 'NodeMetrics',
      metadata: { name: 'y', annotations },
    }
    const { targets, problems } = buildTargets(render(widget, told, hidden), context)
    expect(targets).toMatchObject([
      { key: { group: 'x.io', kind: 'X', namespace: 'prod', name: 'told' }, missingKind: true, hoped: true },
    ])
    expect(problems.map(({ reason }) => reason)).toEqual(['unknownKind', 'undiscoveredKind'])
    const spec = { ...application.spec, syncPolicy: { syncOptions: [option] } }
    const hoping = { ...context, application: { ...application, spec } }
    expect(buildTargets(render(widget), hoping).targets).toHaveLength(1)
  })

  it('asks the project about a kind that is hoped for', () => {
    const annotations = { 'argocd.argoproj.io/sync-options': 'SkipDryRunOnMissingResource=true' }
    const told = { apiVersion: 'x.io/v1', kind: 'X', metadata: { name: 'told', annotations } }
    const { targets, problems } = buildTargets(render(told), { ...context, permits: () => 'it may not.' })
    expect(targets).toEqual([])
    expect(problems[0]?.reason).toBe('forbidden')
  })

  it('refuses what has no identity, with file and line', () => {
    const bad = [
      null,
      { kind: 'ConfigMap', metadata: { name: 'a' } },
      { apiVersion: 'v1', kind: 'ConfigMap' },
      configMap({ name: undefined, generateName: 'a-' }),
      configMap({ name: 7 }),
      configMap({ annotations: { a: true } }),
    ]
    const { problems, targets } = buildTargets(render(...bad), context)
    expect(targets).toEqual([])
    expect(problems.map((problem) => problem.reason)).toEqual(bad.map(() => 'invalid'))
    expect(problems.every((problem, index) => problem.message.includes(`a.yaml:${index + 1}`))).toBe(true)
  })

  it('leaves out Skip, reports hooks', () => {
    const skip = configMap({ annotations: { 'argocd.argoproj.io/hook': 'Skip' } })
    const hook = configMap({ annotations: { 'argocd.argoproj.io/hook': 'PreSync' } })
    const helmTest = configMap({ annotations: { 'helm.sh/hook': 'test' } })
    const { targets, problems } = buildTargets(render(skip, hook, helmTest), context)
    expect(targets).toEqual([])
    expect(problems.map((problem) => problem.reason)).toEqual(['hook'])
  })

  it('lets the later of two declarations win and says so', () => {
    const first = configMap({ labels: { n: '1' } })
    const second = configMap({ namespace: 'prod', labels: { n: '2' } })
    const { targets, conditions } = buildTargets(render(first, second), context)
    expect(targets.map((target) => target.manifest.metadata.labels)).toEqual([{ n: '2' }])
    expect(conditions[0]).toMatchObject({ type: 'RepeatedResourceWarning' })
  })

  it('turns a refusal of the project into a problem with its sentence', () => {
    const { problems } = buildTargets(render(configMap({})), { ...context, permits: () => 'not permitted' })
    expect(problems[0]).toMatchObject({ reason: 'forbidden', key: { namespace: 'prod', name: 'a' } })
    expect(problems[0]?.message).toContain('not permitted')
  })

  it('reads the wave, 0 when it is no integer', () => {
    const waves = ['-5', '7', 'x'].map((wave, index) =>
      configMap({ name: `n${index}`, annotations: { 'argocd.argoproj.io/sync-wave': wave } }),
    )
    expect(buildTargets(render(...waves), context).targets.map((target) => target.wave)).toEqual([-5, 7, 0])
  })

  it('needs a namespace for namespaced kinds', () => {
    const { problems } = buildTargets(render(configMap({})), { ...context, destinationNamespace: '' })
    expect(problems[0]?.message).toContain('namespace is missing')
  })
})
