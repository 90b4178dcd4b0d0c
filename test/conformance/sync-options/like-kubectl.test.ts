import { describe, expect, it } from 'vitest'
import { mergeApplied } from '../../../src/engine/diff/merge-applied.js'
import { normalize } from '../../../src/engine/diff/normalize.js'
import { NO_COMPARE_RULES } from '../../../src/engine/diff/compare-rules.js'
import type { Manifest } from '../../../src/engine/manifest/manifest.js'
import { kubectl } from '../../support/kubectl.js'
import { useRealWorld } from './real-world.js'

const here = useRealWorld()

interface Case {
  readonly kind: string
  readonly group?: string
  readonly before: object
  /** What others did to it, as a strategic merge patch. */
  readonly edited?: object
  readonly after: object
}

const container = (name: string, more: object = {}) => ({ name, image: `example.invalid/${name}:1`, ...more })
const pod = (spec: object, labels: object = { app: 'a' }) => ({ metadata: { labels }, spec })
const deployment = (spec: object, more: object = {}) => ({
  replicas: 0,
  selector: { matchLabels: { app: 'a' } },
  template: pod(spec),
  ...more,
})
const port = (number: number, name: string) => ({ port: number, name })

const CASES: Readonly<Record<string, Case>> = {
  'containers of others stay, ours leave': {
    kind: 'Deployment',
    group: 'apps',
    before: { spec: deployment({ containers: [container('a'), container('gone'), container('b')] }) },
    edited: { spec: { template: { spec: { containers: [container('sidecar')] } } } },
    after: { spec: deployment({ containers: [container('b'), container('new'), container('a')] }) },
  },
  'variables, mounts and volumes by their keys': {
    kind: 'Deployment',
    group: 'apps',
    before: {
      spec: deployment({
        containers: [
          container('a', {
            env: [
              { name: 'X', value: '1' },
              { name: 'Y', value: '1' },
            ],
            volumeMounts: [{ name: 'v', mountPath: '/v' }],
          }),
        ],
        volumes: [{ name: 'v', emptyDir: {} }],
      }),
    },
    edited: {
      spec: { template: { spec: { containers: [{ name: 'a', env: [{ name: 'Z', value: 'theirs' }] }] } } },
    },
    after: {
      spec: deployment({
        containers: [
          container('a', {
            env: [{ name: 'Y', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }],
            volumeMounts: [{ name: 'v', mountPath: '/w' }],
          }),
        ],
        volumes: [{ name: 'v', configMap: { name: 'c' } }],
      }),
    },
  },
  'the strategy as a choice': {
    kind: 'Deployment',
    group: 'apps',
    before: { spec: deployment({ containers: [container('a')] }) },
    after: { spec: deployment({ containers: [container('a')] }, { strategy: { type: 'Recreate' } }) },
  },
  'a number of replicas that leaves Git': {
    kind: 'Deployment',
    group: 'apps',
    before: { spec: deployment({ containers: [container('a', { args: ['x'], command: ['c'] })] }) },
    edited: { spec: { replicas: 3, paused: true } },
    after: {
      spec: { ...deployment({ containers: [container('a', { args: ['y', 'z'] })] }), replicas: undefined },
    },
  },
  'ports of a Service, and its labels': {
    kind: 'Service',
    before: {
      metadata: { labels: { a: '1', b: '1' } },
      spec: { selector: { a: '1' }, ports: [port(80, 'http'), port(81, 'old')] },
    },
    edited: {
      metadata: { labels: { theirs: 'x' } },
      spec: { ports: [port(90, 'theirs')], selector: { c: '1' } },
    },
    after: {
      metadata: { labels: { a: '2' } },
      spec: { selector: { a: '2' }, ports: [port(82, 'new'), port(80, 'http')] },
    },
  },
  'rules of a network policy as a whole': {
    kind: 'NetworkPolicy',
    group: 'networking.k8s.io',
    before: {
      spec: { podSelector: { matchLabels: { a: '1' } }, ingress: [{ ports: [{ port: 80 }, { port: 81 }] }] },
    },
    after: { spec: { podSelector: {}, ingress: [{ ports: [{ port: 81 }] }] } },
  },
  'a map with null in it': {
    kind: 'ConfigMap',
    before: { data: { a: '1', b: '1' }, metadata: { finalizers: ['x/ours'] } },
    edited: { data: { theirs: 'x', c: 'x' }, metadata: { finalizers: ['x/ours', 'x/theirs'] } },
    after: { data: { a: '2', c: null } },
  },
}

const VERSIONS: Readonly<Record<string, string>> = {
  apps: 'apps/v1',
  'networking.k8s.io': 'networking.k8s.io/v1',
}

function object({ kind, group = '' }: Case, name: string, parts: object): Manifest {
  const { metadata, ...rest } = parts as { readonly metadata?: object }
  return { apiVersion: VERSIONS[group] ?? 'v1', kind, metadata: { ...metadata, name }, ...rest }
}

async function applied(manifest: Manifest): Promise<void> {
  const args = ['-n', here().namespace, 'apply', '--server-side=false', '-f', '-']
  await kubectl(here().access, args, { input: JSON.stringify(manifest) })
}

describe('mergeApplied() writes what kubectl apply writes [1.4 ServerSideApply]', () => {
  it.each(Object.entries(CASES).map(([what, one], index) => ({ what, one, index })))(
    '$what',
    async ({ one, index }) => {
      const { access, namespace, server } = here()
      const names = [`kubectl-${String(index)}`, `ours-${String(index)}`] as const
      for (const name of names) {
        await applied(object(one, name, one.before))
        if (one.edited === undefined) continue
        const args = ['-n', namespace, 'patch', `${one.kind}${one.group ? `.${one.group}` : ''}`, name]
        await kubectl(access, [...args, '--type=strategic', '-p', JSON.stringify(one.edited)])
      }
      await applied(object(one, names[0], one.after))
      const read = (name: string): Promise<Manifest | undefined> =>
        here().live(one.kind, name, one.group ?? '')
      const live = await read(names[1])
      if (live === undefined) throw new Error('It is not there.')
      const declared = object(one, names[1], one.after)
      const merged = mergeApplied({ ...declared, metadata: { ...declared.metadata, namespace } }, live)
      await server.replace(merged, { resourceVersion: live.metadata.resourceVersion ?? '' })
      const [theirs, ours] = await Promise.all(names.map(read))
      expect(comparable(ours)).toEqual(comparable(theirs))
    },
  )
})

/** Addresses are handed out by the server, revisions counted by its controllers. */
function comparable(manifest: Manifest | undefined): unknown {
  if (manifest === undefined) throw new Error('It is not there.')
  const annotations = { ...manifest.metadata.annotations }
  delete annotations['deployment.kubernetes.io/revision']
  const counted = { ...manifest, metadata: { ...manifest.metadata, annotations } }
  const { spec, ...body } = normalize(counted, NO_COMPARE_RULES)
  const { clusterIP: _one, clusterIPs: _all, ...rest } = (spec ?? {}) as { readonly [field: string]: unknown }
  return { ...body, spec: rest }
}
