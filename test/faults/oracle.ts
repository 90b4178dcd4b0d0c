import { isDeepStrictEqual } from 'node:util'
import type { ClusterAccess } from '../cluster/cluster-access.js'
import type { KubeObject } from '../cluster/cluster-client.js'
import type { Random } from './random.js'

/** What Git declares, as the trial wrote it: independent of the product's renderer. */
export interface Declared {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> }
  readonly [field: string]: unknown
}

/** One commit of a trial. */
export interface Round {
  readonly number: number
  readonly commit: string
  readonly declared: readonly Declared[]
}

const WAVES = 3
const OBJECTS = 8
const PATHS: Readonly<Record<string, string>> = {
  ConfigMap: '/api/v1/namespaces/NAMESPACE/configmaps',
  Secret: '/api/v1/namespaces/NAMESPACE/secrets',
  Service: '/api/v1/namespaces/NAMESPACE/services',
  Ingress: '/apis/networking.k8s.io/v1/namespaces/NAMESPACE/ingresses',
  NetworkPolicy: '/apis/networking.k8s.io/v1/namespaces/NAMESPACE/networkpolicies',
}

export interface Shape {
  readonly canary: string
  readonly random: Random
  /** Adds an object that becomes healthy only when the trial says so. */
  readonly isPending?: boolean
}

/** Round n has objects n … n+7: each round takes the oldest one away, adds one and changes half of the others. */
export function declare(number: number, shape: Shape): readonly Declared[] {
  const objects = Array.from({ length: OBJECTS }, (_, index) =>
    configMap(number + index, number, shape.random),
  )
  const port = 8000 + number
  return [
    ...objects,
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'secret' },
      stringData: { token: `${shape.canary}-${number}` },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'door' },
      spec: { selector: { app: 'x' }, ports: [{ port }] },
    },
    policy(),
    ...(shape.isPending === true ? [ingress(number)] : []),
  ]
}

function configMap(index: number, number: number, random: Random): Declared {
  const version = index % 2 === 0 ? String(number) : 'constant'
  const data = { version, index: String(index), noise: version === 'constant' ? '-' : String(random.next()) }
  const annotations = { 'argocd.argoproj.io/sync-wave': String(index % WAVES) }
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: `object-${index}`, annotations }, data }
}

function policy(): Declared {
  const spec = { podSelector: {}, policyTypes: ['Ingress'] }
  return { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name: 'wall' }, spec }
}

/** Progressing until its status names an address. */
function ingress(number: number): Declared {
  const spec = { defaultBackend: { service: { name: 'door', port: { number: 80 } } } }
  const metadata = { name: `gate-${number}`, annotations: { 'argocd.argoproj.io/sync-wave': '-1' } }
  return { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata, spec }
}

export function filesOf(declared: readonly Declared[]): Readonly<Record<string, string>> {
  return Object.fromEntries(declared.map((object) => [fileOf(object), JSON.stringify(object)]))
}

export function fileOf(object: Declared): string {
  return `app/${textOf(object).replace('/', '-').toLowerCase()}.yaml`
}

/** `Kind/name`. */
export function textOf(object: {
  readonly kind?: string
  readonly metadata: { readonly name: string }
}): string {
  return `${object.kind ?? ''}/${object.metadata.name}`
}

/** Everything in the namespace that an application of a trial could have put there, asked without the proxy. */
export async function liveIn(cluster: ClusterAccess, namespace: string): Promise<readonly KubeObject[]> {
  const lists = await Promise.all(
    Object.entries(PATHS).map(async ([kind, path]) => {
      const list = await cluster.client().expect({ path: path.replace('NAMESPACE', namespace) })
      return (list['items'] as readonly KubeObject[]).map((item) => ({ ...item, kind }))
    }),
  )
  return lists.flat().filter(({ metadata }) => metadata.name !== 'kube-root-ca.crt')
}

/** How live differs from what is declared; empty when they are equal. Objects named `bystander` are nobody's. */
export function differences(declared: readonly Declared[], live: readonly KubeObject[]): readonly string[] {
  const byText = new Map(live.map((object) => [textOf(object), object]))
  const wanted = new Set(declared.map(textOf))
  const wrong = declared.flatMap((object) => {
    const found = byText.get(textOf(object))
    if (found === undefined) return [`${textOf(object)} is missing`]
    return isAsDeclared(object, found) ? [] : [`${textOf(object)} differs`]
  })
  const extra = [...byText.keys()].filter((text) => !wanted.has(text) && !text.endsWith('/bystander'))
  return [...wrong, ...extra.map((text) => `${text} should be gone`)]
}

function isAsDeclared(declared: Declared, live: KubeObject): boolean {
  const { data, stringData, spec } = declared as {
    data?: object
    stringData?: Record<string, string>
    spec?: object
  }
  if (data !== undefined && !isDeepStrictEqual(live['data'], data)) return false
  const plain = Object.entries(stringData ?? {})
  const stored = live['data'] as Readonly<Record<string, string>> | undefined
  if (plain.some(([key, value]) => stored?.[key] !== Buffer.from(value).toString('base64'))) return false
  return spec === undefined || contains(live['spec'], spec)
}

/** Everything that is declared is there; what the server adds is not compared. */
function contains(live: unknown, declared: unknown): boolean {
  if (Array.isArray(declared)) {
    const items = Array.isArray(live) ? live : []
    return items.length === declared.length && declared.every((item, index) => contains(items[index], item))
  }
  if (typeof declared !== 'object' || declared === null) return live === declared
  const fields = Object.entries(declared)
  return (
    typeof live === 'object' &&
    live !== null &&
    fields.every(([key, value]) => contains((live as Record<string, unknown>)[key], value))
  )
}
