/** An object as the generator declares it. */
export interface BenchManifest {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: {
    readonly name: string
    readonly namespace: string
    readonly labels?: Readonly<Record<string, string>>
  }
  readonly [field: string]: unknown
}

/** `plain` is the usual application; `cm1` is one ConfigMap of 2 KB each, comparable with published figures. */
export type Variant = 'plain' | 'cm1'

export interface RepositoryShape {
  readonly apps: number
  /** Objects per application. */
  readonly objects: number
  readonly variant: Variant
  readonly seed: number
  /** So many applications, one after the other, share a namespace; default each has its own. */
  readonly appsPerNamespace?: number
}

/** Names the application of an object, and so its folder in the repository. */
export const PART_OF = 'app.kubernetes.io/part-of'
const KEYS = 10
const VALUE_LENGTH = 75
const CM1_VALUE_LENGTH = 200

export function appName(index: number): string {
  return `app-${String(index).padStart(5, '0')}`
}

export function namespaceOf(index: number, { appsPerNamespace = 1 }: RepositoryShape): string {
  return appName(index - (index % appsPerNamespace))
}

export function namespacesOf(shape: RepositoryShape): readonly string[] {
  return [...new Set(Array.from({ length: shape.apps }, (_, index) => namespaceOf(index, shape)))]
}

/**
 * All objects of one application; same shape and seed, same bytes. Its namespace has the name of the application, or of
 * the first application in it: then only `cm1` gives every object a name of its own.
 */
export function manifestsOf(index: number, shape: RepositoryShape): readonly BenchManifest[] {
  const app = appName(index)
  if (shape.variant === 'cm1') return [onlyConfigMap(index, shape)]
  const settings = (number: number): BenchManifest =>
    configMap(app, number, valuesOf(shape.seed + index * 100 + number, VALUE_LENGTH))
  const fixed = [
    deployment(app),
    settings(1),
    service(app),
    serviceAccount(app),
    ingress(app),
    autoscaler(app),
  ]
  const more = Array.from({ length: Math.max(0, shape.objects - fixed.length) }, (_, at) => settings(at + 2))
  return [...fixed, ...more].slice(0, shape.objects)
}

/** Every declared object, application by application. */
export function* allManifests(shape: RepositoryShape): Generator<BenchManifest> {
  for (let index = 0; index < shape.apps; index += 1) yield* manifestsOf(index, shape)
}

/** The same ConfigMap with one other value, as a commit would bring it. */
export function withChangedValue(manifest: BenchManifest, value: string): BenchManifest {
  const old = manifest['data'] as Readonly<Record<string, string>>
  return { ...manifest, data: { ...old, key0: value } }
}

function onlyConfigMap(index: number, shape: RepositoryShape): BenchManifest {
  const app = appName(index)
  const made = configMap(app, 1, valuesOf(shape.seed + index, CM1_VALUE_LENGTH))
  if (shape.appsPerNamespace === undefined) return made
  const named = { name: `settings-${app}`, namespace: namespaceOf(index, shape) }
  return { ...made, metadata: { ...made.metadata, ...named } }
}

function configMap(app: string, number: number, data: Readonly<Record<string, string>>): BenchManifest {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: metadata(app, `settings-${number}`), data }
}

function deployment(app: string): BenchManifest {
  const labels = { app }
  const container = {
    name: 'main',
    image: 'registry.example.org/demo:1.0.0',
    ports: [{ containerPort: 8080, protocol: 'TCP' }],
    env: [{ name: 'MODE', value: 'production' }],
    resources: { requests: { cpu: '10m', memory: '16Mi' }, limits: { memory: '64Mi' } },
  }
  const template = { metadata: { labels }, spec: { serviceAccountName: 'main', containers: [container] } }
  const spec = { replicas: 0, selector: { matchLabels: labels }, template }
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: metadata(app, 'main'), spec }
}

function service(app: string): BenchManifest {
  const ports = [{ name: 'http', port: 80, targetPort: 8080, protocol: 'TCP' }]
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadata(app, 'main'),
    spec: { selector: { app }, ports },
  }
}

function serviceAccount(app: string): BenchManifest {
  return { apiVersion: 'v1', kind: 'ServiceAccount', metadata: metadata(app, 'main') }
}

function ingress(app: string): BenchManifest {
  const backend = { service: { name: 'main', port: { number: 80 } } }
  const http = { paths: [{ path: '/', pathType: 'Prefix', backend }] }
  const spec = { rules: [{ host: `${app}.example.org`, http }] }
  return { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata: metadata(app, 'main'), spec }
}

function autoscaler(app: string): BenchManifest {
  const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'main' }
  const target = { type: 'Utilization', averageUtilization: 80 }
  const metrics = [{ type: 'Resource', resource: { name: 'cpu', target } }]
  const spec = { scaleTargetRef, minReplicas: 1, maxReplicas: 3, metrics }
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: metadata(app, 'main'),
    spec,
  }
}

function metadata(app: string, name: string): BenchManifest['metadata'] {
  return { name, namespace: app, labels: { [PART_OF]: app } }
}

function valuesOf(seed: number, length: number): Readonly<Record<string, string>> {
  const next = generator(seed)
  const value = (): string => Array.from({ length }, () => LETTERS[next() % LETTERS.length]).join('')
  return Object.fromEntries(Array.from({ length: KEYS }, (_, index) => [`key${index}`, value()]))
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789'

/** mulberry32: small, and the same everywhere. */
function generator(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return (mixed ^ (mixed >>> 14)) >>> 0
  }
}
