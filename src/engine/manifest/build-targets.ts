import { foldStringData } from '../diff/normalize.js'
import type { Application } from '../application/application.js'
import { syncOptions } from '../application/sync-options.js'
import type { ConditionText } from '../status/application-status.js'
import { syncWave } from '../sync/sync-wave.js'
import { findKind, type ApiCatalog, type ApiKind } from './api-catalog.js'
import { declaredHook } from './declared-hook.js'
import { declaredKinds } from './declared-kinds.js'
import type { Manifest, ManifestOrigin, ObjectMeta, RenderedManifest } from './manifest.js'
import { isRecord, textAt, valueAt } from './read-json.js'
import { groupKindText, groupOf, resourceKeyText, type ResourceKey } from './resource-key.js'
import { TRACKING_ANNOTATION, trackingId } from './tracking.js'

/** One object as it should be in the cluster: scoped, tracked, permitted. */
export interface Target {
  readonly key: ResourceKey
  /** Version of the declaration, e.g. `v1`. */
  readonly version: string
  /** Namespace set for namespaced kinds, absent for cluster-scoped ones; tracking annotation added. */
  readonly manifest: Manifest
  readonly origin: ManifestOrigin
  readonly wave: number
  /** The server does not serve the kind yet; a CustomResourceDefinition of the same render brings it. */
  readonly missingKind: boolean
  /** No definition of the same render brings the missing kind; `SkipDryRunOnMissingResource=true` hopes for it. */
  readonly hoped?: true
  /** An option of the application brings it; it counts for no rule about what the sources declare. */
  readonly implied?: true
}

export type TargetProblemReason = 'invalid' | 'hook' | 'unknownKind' | 'undiscoveredKind' | 'forbidden'

/** A declared object that is no target, and why as a sentence. Never read as "absent": nothing may be pruned then. */
export interface TargetProblem {
  readonly reason: TargetProblemReason
  readonly message: string
  readonly origin: ManifestOrigin
  /** Absent when not even the identity could be read. */
  readonly key?: ResourceKey
}

export interface TargetContext {
  readonly application: Application
  /** Where namespaced objects without a namespace go; `''` when the application names none. */
  readonly destinationNamespace: string
  readonly catalog: ApiCatalog
  /** Does the project permit this object? undefined or the reason why not. */
  readonly permits: (kind: ApiKind, key: ResourceKey) => string | undefined
}

export interface BuiltTargets {
  /** In render order; of two with one key the later. */
  readonly targets: readonly Target[]
  readonly problems: readonly TargetProblem[]
  readonly conditions: readonly ConditionText[]
}

/**
 * Render + destination + tracking id + project checks = targets (design.md 3.4, contract 1.1, 1.3, 1.10). Every
 * rendered object ends as a target, as a problem, or is left out because its hook annotation says so.
 */
export function buildTargets(rendered: readonly RenderedManifest[], context: TargetContext): BuiltTargets {
  const declared = declaredKinds(rendered)
  const targets = new Map<string, Target>()
  const problems: TargetProblem[] = []
  const conditions: ConditionText[] = []
  for (const item of rendered) {
    const built = buildTarget(item, context, declared)
    if (built === undefined) continue
    if ('reason' in built) {
      problems.push(built)
      continue
    }
    const id = resourceKeyText(built.key)
    const former = targets.get(id)
    if (former !== undefined) conditions.push(repeated(former, built))
    targets.delete(id)
    targets.set(id, built)
  }
  return { targets: [...targets.values()], problems, conditions }
}

function buildTarget(
  item: RenderedManifest,
  context: TargetContext,
  declared: ReadonlyMap<string, ApiKind>,
): Target | TargetProblem | undefined {
  const { manifest, origin } = item
  const fault = faultOf(manifest)
  if (fault !== undefined) return { reason: 'invalid', message: sentence(item, fault), origin }
  const hook = declaredHook(manifest)
  if (hook === 'left-out') return undefined
  if (hook === 'hook')
    return { reason: 'hook', message: sentence(item, 'hooks are not supported yet'), origin }
  const found = hopeFor(manifest, locateKind(manifest, context.catalog, declared), context.application)
  if (typeof found === 'string') return kindProblem(item, found)
  const key = keyIn(manifest, found.kind, context.destinationNamespace)
  if (found.kind.namespaced && key.namespace === '') {
    const message = sentence(
      item,
      'its namespace is missing: set metadata.namespace or spec.destination.namespace',
    )
    return { reason: 'invalid', message, origin, key }
  }
  const refusal = context.permits(found.kind, key)
  if (refusal !== undefined) return { reason: 'forbidden', message: sentence(item, refusal), origin, key }
  return toTarget(item, key, { ...context, ...found })
}

function toTarget(item: RenderedManifest, key: ResourceKey, context: TargetContext & LocatedKind): Target {
  const id = trackingId(context.application, key, context.destinationNamespace)
  return {
    key,
    version: versionOf(item.manifest.apiVersion),
    manifest: { ...asStored(item.manifest), metadata: trackedMeta(item.manifest, key, id) },
    origin: item.origin,
    wave: syncWave(item.manifest.metadata.annotations),
    missingKind: context.missingKind,
    ...(context.hoped === true && { hoped: true }),
    ...(item.implied === true && { implied: true }),
  }
}

/**
 * The server notes who declared `stringData`, but keeps the values in `data`: only there is their drift seen. What is
 * damaged stays as it is, for the server to refuse.
 */
function asStored(manifest: Manifest): Manifest {
  const isWhole = ['data', 'stringData'].every((field) => isRecord(manifest[field] ?? {}))
  return isWhole ? foldStringData(manifest) : manifest
}

function trackedMeta(manifest: Manifest, key: ResourceKey, id: string): ObjectMeta {
  const { namespace: _written, ...metadata } = manifest.metadata
  const annotations = { ...metadata.annotations, [TRACKING_ANNOTATION]: id }
  return key.namespace === ''
    ? { ...metadata, annotations }
    : { ...metadata, namespace: key.namespace, annotations }
}

interface LocatedKind {
  readonly kind: ApiKind
  readonly missingKind: boolean
  readonly hoped?: true
}

/**
 * A kind that something else is to install while the sync runs (an operator), when the option says so (contract 1.4).
 * Its scope is a guess: whoever applies has to look again.
 */
function hopeFor(
  manifest: Manifest,
  found: LocatedKind | 'unknownKind' | 'undiscoveredKind',
  { spec }: Application,
): LocatedKind | 'unknownKind' | 'undiscoveredKind' {
  if (found !== 'unknownKind') return found
  const { apiVersion, kind, metadata } = manifest
  const annotations = metadata.annotations ?? {}
  const options = syncOptions({ application: spec.syncPolicy?.syncOptions ?? [], annotations })
  if (!options.skipDryRunOnMissingResource) return found
  const guess = { group: groupOf(apiVersion), kind, version: versionOf(apiVersion), plural: '', verbs: [] }
  return { kind: { ...guess, namespaced: true }, missingKind: true, hoped: true }
}

function locateKind(
  manifest: Manifest,
  catalog: ApiCatalog,
  declared: ReadonlyMap<string, ApiKind>,
): LocatedKind | 'unknownKind' | 'undiscoveredKind' {
  const wanted = { group: groupOf(manifest.apiVersion), kind: manifest.kind }
  const served = findKind(catalog, wanted)
  if (served !== undefined && served !== 'unknown') return { kind: served, missingKind: false }
  const coming = declared.get(groupKindText(wanted))
  if (coming !== undefined) return { kind: coming, missingKind: true }
  return served === 'unknown' ? 'undiscoveredKind' : 'unknownKind'
}

function kindProblem(item: RenderedManifest, reason: 'unknownKind' | 'undiscoveredKind'): TargetProblem {
  const { manifest, origin } = item
  const why =
    reason === 'unknownKind'
      ? `the cluster does not serve ${manifest.apiVersion} ${manifest.kind}: install its CustomResourceDefinition first or declare it in the same sources`
      : `the cluster could not tell which kinds the group "${groupOf(manifest.apiVersion)}" has: check its APIService, the comparison is tried again`
  return { reason, message: sentence(item, why), origin }
}

/** What makes an object unusable, undefined when nothing does. The renderer hands in anything that parses. */
function faultOf(manifest: unknown): string | undefined {
  if (!isRecord(manifest)) return 'it is not an object'
  if (!textAt(manifest, 'apiVersion')) return 'apiVersion is missing or not a text'
  if (!textAt(manifest, 'kind')) return 'kind is missing or not a text'
  return faultOfMeta(valueAt(manifest, 'metadata'))
}

function faultOfMeta(metadata: unknown): string | undefined {
  if (!isRecord(metadata)) return 'metadata is missing'
  const name = valueAt(metadata, 'name')
  const generated = valueAt(metadata, 'generateName') !== undefined
  if (name === undefined && generated)
    return 'metadata.generateName needs a name: only hooks may go without one'
  if (typeof name !== 'string' || name === '') return 'metadata.name is missing or not a text'
  if (name.includes('/')) return 'metadata.name must not contain "/"'
  const namespace = valueAt(metadata, 'namespace') ?? ''
  if (typeof namespace !== 'string') return 'metadata.namespace is not a text'
  return faultOfMaps(metadata)
}

function faultOfMaps(metadata: Readonly<Record<string, unknown>>): string | undefined {
  for (const field of ['annotations', 'labels']) {
    const map = valueAt(metadata, field) ?? {}
    if (!isRecord(map)) return `metadata.${field} is not a map`
    const wrong = Object.keys(map).find((name) => typeof map[name] !== 'string' && map[name] !== null)
    if (wrong !== undefined) return `metadata.${field} "${wrong}" is not a text: put it in quotes`
  }
  return undefined
}

function keyIn(manifest: Manifest, kind: ApiKind, destinationNamespace: string): ResourceKey {
  const namespace = kind.namespaced ? manifest.metadata.namespace || destinationNamespace : ''
  return { group: kind.group, kind: kind.kind, namespace, name: manifest.metadata.name }
}

function versionOf(apiVersion: string): string {
  return apiVersion.slice(apiVersion.indexOf('/') + 1)
}

function sentence(item: RenderedManifest, why: string): string {
  const kind = textAt(item.manifest, 'kind') ?? 'object'
  const name = textAt(item.manifest, 'metadata', 'name') ?? ''
  return `Cannot use ${kind} "${name}" of ${place(item.origin)}: ${why}`
}

function place(origin: ManifestOrigin): string {
  return `${origin.file}:${origin.line}`
}

function repeated(former: Target, latter: Target): ConditionText {
  const { key } = latter
  const message =
    `${key.kind} "${key.name}"${key.namespace === '' ? '' : ` in namespace "${key.namespace}"`} is declared twice: ` +
    `${place(latter.origin)} wins over ${place(former.origin)}, remove one of them`
  return { type: 'RepeatedResourceWarning', message }
}
