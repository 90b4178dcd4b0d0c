import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Manifest } from '../manifest/manifest.js'
import { compareObject } from './compare.js'
import { compareRulesFor, NO_COMPARE_RULES } from './compare-rules.js'
import { LAST_APPLIED } from './normalize.js'

function object(kind: string, body: object, metadata: object = {}): Manifest {
  return {
    apiVersion: API_VERSIONS[kind] ?? 'v1',
    kind,
    metadata: { name: 'web', namespace: 'p', ...metadata },
    ...body,
  }
}

const API_VERSIONS: Readonly<Record<string, string>> = {
  Deployment: 'apps/v1',
  ClusterRole: 'rbac.authorization.k8s.io/v1',
  Widget: 'example.com/v1',
}

function paths(desired: Manifest, live: Manifest, rules = NO_COMPARE_RULES): readonly string[] {
  return compareObject(desired, live, rules).map((difference) => difference.path)
}

function pod(container: object): object {
  return { spec: { template: { spec: { containers: [{ name: 'a', ...container }] } } } }
}

describe('compareObject()', () => {
  it('takes quantities that mean the same as equal', () => {
    const desired = pod({ resources: { limits: { cpu: 1, memory: '1024Mi' }, requests: { cpu: '0.5' } } })
    const live = pod({ resources: { limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '500m' } } })
    expect(paths(object('Deployment', desired), object('Deployment', live))).toEqual([])
    const other = pod({ resources: { limits: { cpu: '2', memory: '1Gi' }, requests: { cpu: '500m' } } })
    expect(paths(object('Deployment', desired), object('Deployment', other))).toEqual([
      '/spec/template/spec/containers/0/resources/limits/cpu',
    ])
  })

  it('takes no text of a ConfigMap for a quantity', () => {
    const [desired, live] = [
      object('ConfigMap', { data: { limits: '1' } }),
      object('ConfigMap', { data: { limits: '1000m' } }),
    ]
    expect(paths(desired, live)).toEqual(['/data/limits'])
  })

  it('ignores nulls, empty maps, status and server metadata', () => {
    const desired = object(
      'Deployment',
      {
        spec: { replicas: null, template: { metadata: { creationTimestamp: null, labels: {} } } },
        status: { replicas: 3 },
      },
      { creationTimestamp: null, generation: 7 },
    )
    expect(paths(desired, object('Deployment', { spec: { template: { metadata: {} } } }))).toEqual([])
  })

  it('takes a zero that the API server leaves out as equal, in its own kinds only', () => {
    const desired = { spec: { hostNetwork: false, hostname: '' } }
    expect(paths(object('Pod', desired), object('Pod', { spec: {} }))).toEqual([])
    expect(paths(object('Widget', desired), object('Widget', { spec: {} }))).toEqual([
      '/spec/hostNetwork',
      '/spec/hostname',
    ])
  })

  it('sees a removed pointer field and a removed marker', () => {
    const desired = { spec: { automountServiceAccountToken: false, volumes: [{ name: 'v', emptyDir: {} }] } }
    const live = { spec: { volumes: [{ name: 'v', hostPath: { path: '/' } }] } }
    expect(paths(object('Pod', desired), object('Pod', live))).toEqual([
      '/spec/automountServiceAccountToken',
      '/spec/volumes/0/emptyDir',
    ])
  })

  it('compares stringData with the data that it becomes', () => {
    const desired = object('Secret', { stringData: { a: 'grüße 🙂', b: '' }, data: { c: 'eA==\n' } })
    const live = object('Secret', { data: { a: 'Z3LDvMOfZSDwn5mC', b: '', c: 'eA==' }, type: 'Opaque' })
    expect(paths(desired, live)).toEqual([])
  })

  it('pairs list-maps by key and any other list by position', () => {
    const desired = { spec: { ports: [{ port: 80 }, { port: 443, targetPort: 'https' }] } }
    const live = {
      spec: {
        ports: [
          { port: 443, protocol: 'TCP', targetPort: 'https' },
          { port: 80, protocol: 'TCP', targetPort: 80 },
        ],
      },
    }
    expect(paths(object('Service', desired), object('Service', live))).toEqual([])
    const [args, swapped] = [pod({ args: ['a', 'b'] }), pod({ args: ['b', 'a'] })]
    expect(paths(object('Deployment', args), object('Deployment', swapped))).toHaveLength(2)
  })

  it('pairs by position when a key comes twice', () => {
    const env = {
      env: [
        { name: 'A', value: '1' },
        { name: 'A', value: '2' },
      ],
    }
    expect(paths(object('Deployment', pod(env)), object('Deployment', pod(env)))).toEqual([])
  })

  it('sees what was declared once and is still live', () => {
    const before = object('ConfigMap', { data: { kept: '1', gone: '2' } })
    const annotations = { [LAST_APPLIED]: JSON.stringify(before), other: 'x' }
    const live = object('ConfigMap', { data: { kept: '1', gone: '2', foreign: '3' } }, { annotations })
    expect(compareObject(object('ConfigMap', { data: { kept: '1' } }), live, NO_COMPARE_RULES)).toEqual([
      { path: '/data/gone', live: '2' },
    ])
  })

  it('sees what we applied once and is declared no more', () => {
    const managedFields = [
      {
        manager: 'argocd-controller',
        operation: 'Apply' as const,
        fieldsV1: { 'f:data': { 'f:kept': {}, 'f:gone': {} }, 'f:metadata': { 'f:resourceVersion': {} } },
      },
    ]
    const live = object('ConfigMap', { data: { kept: '1', gone: '2', foreign: '3' } }, { managedFields })
    expect(paths(object('ConfigMap', { data: { kept: '1' } }), live)).toEqual(['/data/gone'])
  })

  it('ignores the rules of aggregated ClusterRoles when told so', () => {
    const aggregationRule = { clusterRoleSelectors: [] }
    const [desired, live] = [
      object('ClusterRole', { aggregationRule, rules: [] }),
      object('ClusterRole', { aggregationRule, rules: [{ verbs: ['get'] }] }),
    ]
    expect(paths(desired, live)).toEqual(['/rules'])
    expect(paths(desired, live, { ...NO_COMPARE_RULES, ignoreAggregatedRoles: true })).toEqual([])
  })

  it('ignores pointers and fields of named managers', () => {
    const managedFields = [
      { manager: 'hpa', operation: 'Update' as const, fieldsV1: { 'f:spec': { 'f:replicas': {} } } },
    ]
    const desired = object('Deployment', { spec: { replicas: 1, paused: true } }, { labels: { 'a/b': '1' } })
    const live = object('Deployment', { spec: { replicas: 5 } }, { labels: { 'a/b': '2' }, managedFields })
    expect(paths(desired, live)).toEqual(['/metadata/labels/a~1b', '/spec/replicas', '/spec/paused'])
    const key = { group: 'apps', kind: 'Deployment', namespace: 'p', name: 'web' }
    const rules = compareRulesFor(key, [
      { group: 'a*', kind: '*', jsonPointers: ['/metadata/labels/a~1b'], managedFieldsManagers: ['hpa'] },
      { group: 'apps', kind: 'Deployment', name: 'other', jsonPointers: ['/spec'] },
    ])
    expect(paths(desired, live, rules)).toEqual(['/spec/paused'])
  })

  it('compareRulesFor() says that jq expressions have no effect yet', () => {
    const key = { group: '', kind: 'Secret', namespace: 'p', name: 'web' }
    const rules = compareRulesFor(key, [{ kind: 'Secret', jqPathExpressions: ['.data'] }])
    expect(rules.notSupported).toHaveLength(1)
  })

  it('finds nothing between an object and its server-defaulted self', () => {
    fc.assert(
      fc.property(deployments, (desired) => {
        expect(compareObject(desired, defaulted(desired))).toEqual([])
      }),
    )
  })

  it('finds every changed declared text', () => {
    const keys = fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1 })
    fc.assert(
      fc.property(keys, fc.nat(), fc.string(), (names, pick, text) => {
        const data = Object.fromEntries(names.map((name) => [name, `${text}.`]))
        const changed = { ...data, [names[pick % names.length] ?? '']: text }
        expect(paths(object('ConfigMap', { data }), object('ConfigMap', { data: changed }))).toHaveLength(1)
      }),
    )
  })
})

const words = fc.stringMatching(/^[a-z]{1,8}$/)
const containers = fc.uniqueArray(
  fc.record({
    name: words,
    image: words,
    cpu: fc.integer({ min: 1, max: 5000 }),
    env: fc.uniqueArray(fc.record({ name: words, value: fc.string() }), { selector: (item) => item.name }),
    ports: fc.uniqueArray(fc.integer({ min: 1, max: 65535 }), { maxLength: 3 }),
    tty: fc.boolean(),
  }),
  { minLength: 1, maxLength: 4, selector: (item) => item.name },
)
const deployments = fc
  .record({ containers, labels: fc.dictionary(words, words), replicas: fc.option(fc.nat(9)) })
  .map(({ containers: all, labels, replicas }) =>
    object('Deployment', {
      spec: {
        replicas,
        template: {
          metadata: { labels, creationTimestamp: null },
          spec: {
            containers: all.map(({ cpu, ports, ...rest }) => ({
              ...rest,
              resources: { limits: { cpu: `${cpu}m` } },
              ports: ports.map((containerPort) => ({ containerPort })),
            })),
          },
        },
      },
    }),
  )

/** What an API server makes of it: defaults added, quantities rewritten, zeros and empties left out, list-maps moved. */
function defaulted(desired: Manifest): Manifest {
  const spec = JSON.parse(JSON.stringify(desired['spec'])) as Record<string, never>
  const text = JSON.stringify(spec, (key, value: unknown) => {
    if (value === null || value === false || value === '' || (Array.isArray(value) && value.length === 0))
      return undefined
    if (key === 'cpu') return canonicalCpu(String(value))
    if (key === 'ports' || key === 'env')
      return [...(value as object[])].toReversed().map((item) => ({ protocol: 'TCP', ...item }))
    return value
  })
  const parsed = JSON.parse(text) as object
  return object(
    'Deployment',
    { spec: { revisionHistoryLimit: 10, ...parsed }, status: { replicas: 1 } },
    { uid: 'u', resourceVersion: '1', annotations: { 'deployment.kubernetes.io/revision': '1' } },
  )
}

function canonicalCpu(text: string): string {
  const milli = Number(text.slice(0, -1))
  return milli % 1000 === 0 ? String(milli / 1000) : `${milli}m`
}
