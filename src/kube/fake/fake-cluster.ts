import { AppError } from '../../base/app-error.js'
import { findKind, type ApiCatalog, type ApiKind } from '../../engine/manifest/api-catalog.js'
import { keyOf, type Manifest } from '../../engine/manifest/manifest.js'
import { groupKindText, type GroupKind, type ResourceKey } from '../../engine/manifest/resource-key.js'
import {
  Cluster,
  type Applied,
  type ApplyOptions,
  type ClusterIdentity,
  type DeleteOptions,
  type JsonPatchOperation,
  type LogOptions,
  type Watch,
  type WatchListener,
  type WatchOptions,
  type WriteOptions,
} from '../cluster.js'
import { applyManifest, patchedManifest, updateManifest, type Writer } from './apply-fields.js'
import { FakeStorage } from './fake-storage.js'
import { inNamespace } from './namespace-listener.js'
import { WELL_KNOWN_KINDS } from './well-known-kinds.js'

export type FakeVerb =
  | 'identity'
  | 'probe'
  | 'catalog'
  | 'get'
  | 'list'
  | 'apply'
  | 'dry-run'
  | 'replace'
  | 'create'
  | 'patch'
  | 'delete'
  | 'watch'
  | 'logs'

/** One call that was made; `name` and `namespace` are `''` where a call is about a kind. */
export interface FakeCall extends ResourceKey {
  readonly verb: FakeVerb
}

export interface FakeClusterOptions {
  readonly id?: string
  readonly identity?: ClusterIdentity
  readonly kinds?: readonly ApiKind[]
  /** Namespaces that exist from the start, beside `default` and `kube-system`. */
  readonly namespaces?: readonly string[]
  /** ISO time of writes. */
  readonly now?: () => string
}

const NOTHING: ResourceKey = { group: '', kind: '', namespace: '', name: '' }

/** A cluster in memory: server-side apply approximated by field name, watch events told before a write returns. */
export class FakeCluster extends Cluster {
  readonly id: string
  /** Every call of the contract, in order. */
  readonly calls: FakeCall[] = []
  /** Returned by each apply. */
  warnings: readonly string[] = []
  /** What containers wrote, each line behind its time; by `namespace/pod/container`. */
  readonly written = new Map<string, readonly string[]>()
  private readonly storage = new FakeStorage()
  private readonly kinds = new Map<string, ApiKind>()
  private readonly failedGroups = new Set<string>()
  private readonly rules = new Set<(call: FakeCall) => AppError | undefined>()
  private readonly who: ClusterIdentity
  private readonly now: () => string

  constructor(options: FakeClusterOptions = {}) {
    super()
    this.id = options.id ?? 'fake'
    this.who = options.identity ?? { uid: '00000000-0000-4000-8000-00000000fa4e', version: 'v1.36.3' }
    this.now = options.now ?? (() => '2026-01-01T00:00:00Z')
    for (const kind of options.kinds ?? WELL_KNOWN_KINDS) this.addKind(kind)
    for (const name of ['default', 'kube-system', ...(options.namespaces ?? [])])
      this.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }, 'kube-apiserver')
  }

  addKind(kind: ApiKind): void {
    this.kinds.set(groupKindText(kind), kind)
  }

  /** The group's discovery fails from now on: its kinds are unknown. */
  failGroup(group: string): void {
    this.failedGroups.add(group)
    for (const [text, kind] of this.kinds) if (kind.group === group) this.kinds.delete(text)
  }

  /** Calls for which the rule returns an error fail with it, before they change anything. Returns how to end that. */
  failWhen(rule: (call: FakeCall) => AppError | undefined): () => void {
    this.rules.add(rule)
    return () => this.rules.delete(rule)
  }

  /** Writes a whole object as somebody else does (an Update of that manager). */
  put(object: Manifest, manager = 'kubectl-edit'): Manifest {
    const next = updateManifest(this.storage.get(keyOf(object)), object, this.writer('Update', manager))
    return this.storage.store(this.storage.prepare(next, this.now()))
  }

  /** Deletes an object as somebody else does. */
  remove(key: ResourceKey): void {
    this.storage.remove(key, 'background', this.now())
  }

  /** What is there, without a call being counted. */
  peek(key: ResourceKey): Manifest | undefined {
    return this.storage.get(key)
  }

  /** Tells the watchers of a kind that their stream broke or lives again. */
  setHealth(kind: GroupKind, state: { readonly alive: boolean; readonly reason?: string }): void {
    this.storage.emit(kind, (listener) => listener.health(state))
  }

  async identity(): Promise<ClusterIdentity> {
    this.called('identity', NOTHING)
    return this.who
  }

  async probe(): Promise<void> {
    this.called('probe', NOTHING)
  }

  async catalog(): Promise<ApiCatalog> {
    this.called('catalog', NOTHING)
    return this.currentCatalog()
  }

  async get(key: ResourceKey): Promise<Manifest | undefined> {
    this.called('get', key)
    this.served(key)
    return this.storage.get(key)
  }

  async list(kind: GroupKind, namespace?: string): Promise<readonly Manifest[]> {
    this.called('list', { ...kind, namespace: namespace ?? '', name: '' })
    this.required(kind)
    return this.storage.list(kind, namespace === undefined ? undefined : [namespace])
  }

  async apply(manifest: Manifest, options: ApplyOptions = {}): Promise<Applied> {
    const key = keyOf(manifest)
    this.called(options.dryRun === true ? 'dry-run' : 'apply', key)
    this.checkPlace(this.required(key), key)
    const live = this.storage.get(key)
    const writer = this.writer('Apply', options.fieldManager)
    return this.keep(live, applyManifest(live, manifest, writer), options.dryRun)
  }

  async replace(
    manifest: Manifest,
    { resourceVersion, dryRun }: WriteOptions & { readonly resourceVersion: string },
  ): Promise<Applied> {
    const key = keyOf(manifest)
    this.called(dryRun === true ? 'dry-run' : 'replace', key)
    this.required(key)
    const live = this.storage.get(key)
    if (live?.metadata.resourceVersion !== resourceVersion)
      throw this.refusal('CONFLICT', `replace ${key.kind} "${key.name}"`, 'the object has been modified')
    return this.update(live, manifest, dryRun)
  }

  async create(manifest: Manifest, { dryRun }: WriteOptions = {}): Promise<Applied> {
    const key = keyOf(manifest)
    this.called(dryRun === true ? 'dry-run' : 'create', key)
    this.checkPlace(this.required(key), key)
    if (this.storage.get(key) !== undefined)
      throw this.refusal('CONFLICT', `create ${key.kind} "${key.name}"`, 'it already exists')
    return this.update(undefined, manifest, dryRun)
  }

  async patch(key: ResourceKey, operations: readonly JsonPatchOperation[]): Promise<Manifest> {
    this.called('patch', key)
    this.required(key)
    const live = this.storage.get(key)
    if (live === undefined) throw this.refusal('NOT_FOUND', `patch ${key.kind} "${key.name}"`, 'not found')
    const next = patchedManifest(live, operations)
    if (next === undefined) {
      const tests = operations.some((operation) => operation.op === 'test')
      throw this.refusal(
        tests ? 'CONFLICT' : 'BAD_USER_INPUT',
        `patch ${key.kind} "${key.name}"`,
        'does not apply',
      )
    }
    return this.update(live, next).object
  }

  async delete(key: ResourceKey, options: DeleteOptions = {}): Promise<boolean> {
    this.called('delete', key)
    if (this.served(key) === undefined) return false
    const live = this.storage.get(key)
    if (live === undefined) return false
    const { uid, resourceVersion } = live.metadata
    const holds =
      (options.uid ?? uid) === uid && (options.resourceVersion ?? resourceVersion) === resourceVersion
    if (!holds) throw this.refusal('CONFLICT', `delete ${key.kind} "${key.name}"`, 'the precondition failed')
    this.storage.remove(key, options.propagation ?? 'background', this.now())
    return true
  }

  async *logs(pod: Pick<ResourceKey, 'namespace' | 'name'>, options: LogOptions): AsyncIterable<string> {
    this.called('logs', { ...pod, group: '', kind: 'Pod' })
    const lines = this.written.get(`${pod.namespace}/${pod.name}/${options.container}`) ?? []
    yield* options.tailLines === undefined ? lines : lines.slice(-options.tailLines)
  }

  watch(kind: GroupKind, listener: WatchListener, { namespace }: WatchOptions = {}): Watch {
    let stop: () => void = () => undefined
    let stopped = false
    const ready = new Promise<void>((resolve) => {
      queueMicrotask(() => {
        if (stopped) return
        try {
          this.called('watch', { ...kind, namespace: namespace ?? '', name: '' })
          this.required(kind)
        } catch (error) {
          listener.health({ alive: false, reason: String(error) })
          return
        }
        listener.replaced(this.storage.list(kind, namespace === undefined ? undefined : [namespace]))
        stop = this.storage.watch(kind, inNamespace(listener, namespace))
        listener.health({ alive: true })
        resolve()
      })
    })
    return {
      ready,
      stop: () => {
        stopped = true
        stop()
      },
    }
  }

  async close(): Promise<void> {
    // Nothing is open.
  }

  private update(live: Manifest | undefined, manifest: Manifest, dryRun?: boolean): Applied {
    return this.keep(live, updateManifest(live, manifest, this.writer('Update')), dryRun)
  }

  private writer(operation: Writer['operation'], manager = 'argocd-controller'): Writer {
    return { manager, operation, time: this.now() }
  }

  private keep(live: Manifest | undefined, next: Manifest, dryRun = false): Applied {
    const prepared = this.storage.prepare(next, this.now())
    const object = dryRun ? prepared : this.storage.store(prepared)
    return { object, created: live === undefined, warnings: this.warnings }
  }

  private called(verb: FakeVerb, { group, kind, namespace, name }: ResourceKey): void {
    const call = { verb, group, kind, namespace, name }
    this.calls.push(call)
    for (const rule of this.rules) {
      const error = rule(call)
      if (error !== undefined) throw error
    }
  }

  private currentCatalog(): ApiCatalog {
    return { kinds: new Map(this.kinds), failedGroups: new Set(this.failedGroups) }
  }

  private served(kind: GroupKind): ApiKind | undefined {
    const found = findKind(this.currentCatalog(), kind)
    if (found === 'unknown')
      throw this.refusal(
        'UPSTREAM_CLUSTER',
        `find kind ${kind.kind}`,
        `discovery of group "${kind.group}" failed`,
      )
    return found
  }

  private required(kind: GroupKind): ApiKind {
    const found = this.served(kind)
    if (found === undefined)
      throw this.refusal('NOT_FOUND', `find kind ${kind.kind}`, `group "${kind.group}" does not serve it`)
    return found
  }

  private checkPlace(kind: ApiKind, key: ResourceKey): void {
    const namespace = { group: '', kind: 'Namespace', namespace: '', name: key.namespace }
    if (!kind.namespaced || this.storage.get(namespace) !== undefined) return
    const code = key.namespace === '' ? 'BAD_USER_INPUT' : 'NOT_FOUND'
    throw this.refusal(code, `apply ${key.kind} "${key.name}"`, `namespaces "${key.namespace}" not found`)
  }

  private refusal(code: AppError['code'], action: string, reason: string): AppError {
    const retry = code === 'BAD_USER_INPUT' ? 'never' : 'backoff'
    return new AppError(code, `Cannot ${action} on cluster "${this.id}": ${reason}.`, { retry })
  }
}
