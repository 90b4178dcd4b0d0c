import { AppError } from '../base/app-error.js'
import { crashPoint } from '../base/crash-point.js'
import { applicationTrackingName } from '../engine/manifest/tracking.js'
import { buildTargets, type BuiltTargets, type Target } from '../engine/manifest/build-targets.js'
import { compareObject } from '../engine/diff/compare.js'
import { compareRulesFor, type CompareRules } from '../engine/diff/compare-rules.js'
import type { Difference } from '../engine/diff/difference.js'
import { FIELD_MANAGER, ownFieldSet } from '../engine/diff/field-set.js'
import { judgeLive } from '../engine/diff/judge-live.js'
import { canonicalText, projectedText } from '../engine/diff/project-on.js'
import type { Application } from '../engine/application/application.js'
import type { ApiKind } from '../engine/manifest/api-catalog.js'
import { managedNamespace } from '../engine/manifest/managed-namespace.js'
import type { Manifest, RenderedManifest } from '../engine/manifest/manifest.js'
import { resourceKeyText, type ResourceKey } from '../engine/manifest/resource-key.js'
import { orphanWarning } from '../engine/project/orphaned-objects.js'
import { permitsObject } from '../engine/project/permits-application.js'
import type { Project } from '../engine/project/project.js'
import type { ApplicationStore } from '../store/application-store.js'
import type { Desired, ManagedObject } from '../store/records.js'
import type { ClusterSession } from './cluster-session.js'
import type { ComparedTarget, Comparison, ExtraObject, TargetState } from './comparison.js'
import type { FindOrphans } from './find-orphans.js'
import type { LiveRecord } from './live-index.js'
import type { RenderedSources } from './rendered-sources.js'
import { writeObject, writeWish } from './write-object.js'

export interface CompareApplicationDeps {
  readonly rendered: RenderedSources
  readonly applications: ApplicationStore
  readonly hmac: (text: string) => string
  readonly orphans: FindOrphans
}

export interface CompareRequest {
  readonly application: Application
  readonly project: Project
  readonly desired: Desired
  readonly session: ClusterSession
}

interface Verdict {
  readonly state: TargetState
  readonly differences: readonly Difference[]
}

const IN_SYNC: Verdict = { state: 'inSync', differences: [] }

/** Compares what Git declares with what the watches saw; asks the cluster only where the watches cannot decide. */
export class CompareApplication {
  readonly #deps: CompareApplicationDeps

  constructor(deps: CompareApplicationDeps) {
    this.#deps = deps
  }

  async run(request: CompareRequest): Promise<Comparison> {
    const { application, desired, session } = request
    const inventory = session.forms.ofApplication(application.id)
    if (desired.error !== undefined) return failed(desired, desired.error)
    const built = await this.#targets(request)
    crashPoint('S7:before')
    await session.observe([
      ...built.targets.filter((target) => !target.missingKind).map(({ key }) => key),
      ...inventory,
    ])
    crashPoint('S7:after')
    crashPoint('S8:before')
    const targets = await Promise.all(built.targets.map((target) => this.#compare(target, request)))
    crashPoint('S8:after')
    const declared = new Set(built.targets.map(({ key }) => resourceKeyText(key)))
    const blind = blindness(built.targets, request)
    const orphans = await this.#deps.orphans.run(request, declared)
    return {
      revisions: desired.revisions,
      renderKeys: desired.renderKeys,
      targets,
      extras: inventory
        .filter((object) => !declared.has(resourceKeyText(object)))
        .map((object) => extra(object, request)),
      orphans,
      errors: [...built.problems.map(({ message }) => message), ...blind],
      ...(blind[0] !== undefined && { blind: blind[0] }),
      warnings: [
        ...built.conditions.map(({ message }) => ({ type: 'RepeatedResourceWarning' as const, message })),
        ...targets.flatMap(claimWarning),
        ...orphanWarnings(request.project, orphans),
      ],
    }
  }

  /** What is declared, as it would be applied, in render order. Throws BAD_USER_INPUT when some of it is no target. */
  async targets(request: CompareRequest): Promise<readonly Target[]> {
    const { targets, problems } = await this.#targets(request)
    if (problems.length === 0) return targets
    throw new AppError('BAD_USER_INPUT', problems.map(({ message }) => message).join('\n'))
  }

  async #targets(request: CompareRequest): Promise<BuiltTargets> {
    const rendered = withNamespace(await this.#deps.rendered.load(request.desired.renderKeys), request)
    const built = buildTargets(rendered, await context(request, false))
    const mayBeNew =
      built.problems.some(({ reason }) => reason === 'unknownKind') ||
      built.targets.some(({ hoped }) => hoped === true)
    return mayBeNew ? buildTargets(rendered, await context(request, true)) : built
  }

  async #compare(target: Target, request: CompareRequest): Promise<ComparedTarget> {
    crashPoint('S8:mid')
    const live = request.session.live.get(target.key)
    const desiredHash = this.#deps.hmac(canonicalText(target.manifest))
    const claimedBy = live === undefined ? undefined : await this.#otherClaim(live, request.application)
    const { state, differences } = await this.#judge({ target, live, desiredHash }, request)
    return {
      target,
      live,
      desiredHash,
      state,
      differences,
      ...(claimedBy === undefined ? {} : { claimedBy }),
    }
  }

  async #judge(
    {
      target,
      live,
      desiredHash,
    }: { readonly target: Target; readonly live: LiveRecord | undefined; readonly desiredHash: string },
    { application, session }: CompareRequest,
  ): Promise<Verdict> {
    if (live === undefined) return { state: 'missing', differences: [] }
    const form = session.forms.get(target.key)
    const rules = compareRulesFor(target.key, application.spec.ignoreDifferences ?? [])
    const ours = form?.appliedHash !== undefined && form.applicationId === application.id
    if (!ours) return adopt(target, session, rules)
    if (form.desiredHash !== desiredHash) return { state: 'outOfSync', differences: [] }
    if (live.suspect === undefined) return IN_SYNC
    return this.#judgeSuspect({ target, form, suspect: live.suspect, rules }, { application, session })
  }

  async #judgeSuspect(
    {
      target,
      form,
      suspect,
      rules,
    }: {
      readonly target: Target
      readonly form: ManagedObject
      readonly suspect: Manifest
      readonly rules: CompareRules
    },
    { application, session }: Pick<CompareRequest, 'application' | 'session'>,
  ): Promise<Verdict> {
    const fieldSet = session.forms.fieldSet(form.fieldSet)
    if (fieldSet === undefined || form.appliedHash === undefined)
      return { state: 'outOfSync', differences: [] }
    const { hmac } = this.#deps
    const facts = {
      fieldSet,
      appliedHash: form.appliedHash,
      desired: target.manifest,
      live: suspect,
      hash: hmac,
      rules,
    }
    const verdict = judgeLive(facts)
    const decided =
      verdict === 'undecidable' ? await predicted(target, suspect, { application, session, rules }) : verdict
    if (decided !== 'inSync') return { state: 'outOfSync', differences: decided.differences }
    session.live.acquit(target.key)
    return IN_SYNC
  }

  /** The application that claimed the object before us and still exists; the first tracking id wins. */
  async #otherClaim(live: LiveRecord, application: Application): Promise<string | undefined> {
    const claim = live.application
    if (claim === undefined || claim === applicationTrackingName(application)) return undefined
    const separator = claim.indexOf('_')
    const namespace = separator < 0 ? 'argocd' : claim.slice(0, separator)
    const owner = await this.#deps.applications.byName(namespace, claim.slice(separator + 1))
    return owner === undefined ? undefined : claim
  }
}

/** All that is declared: the sources, and what options of the application bring. First, since all else is in it. */
function withNamespace(
  rendered: readonly RenderedManifest[],
  { application, session }: CompareRequest,
): readonly RenderedManifest[] {
  const name = application.spec.destination.namespace ?? ''
  const form = session.forms.get({ group: '', kind: 'Namespace', namespace: '', name })
  const namespace = managedNamespace(application, rendered, form?.applicationId === application.id)
  return namespace === undefined ? rendered : [namespace, ...rendered]
}

async function context({ application, project, session }: CompareRequest, fresh: boolean) {
  const { record } = session
  return {
    application,
    destinationNamespace: application.spec.destination.namespace ?? '',
    catalog: await session.cluster.catalog(fresh),
    permits: (kind: ApiKind, key: ResourceKey) =>
      permitsObject(project, record, {
        group: kind.group,
        kind: kind.kind,
        namespaced: kind.namespaced,
        namespace: key.namespace,
        name: key.name,
      }),
  }
}

/** Never applied by us: compare locally with the live object. */
async function adopt(target: Target, session: ClusterSession, rules: CompareRules): Promise<Verdict> {
  const object = await session.cluster.get(target.key)
  if (object === undefined) return { state: 'missing', differences: [] }
  const differences = compareObject(target.manifest, object, rules)
  return differences.length === 0 ? IN_SYNC : { state: 'outOfSync', differences }
}

/** A dry-run decides: would an apply change the fields that are ours? */
async function predicted(
  { manifest }: Target,
  live: Manifest,
  wish: Pick<CompareRequest, 'application' | 'session'> & { readonly rules: CompareRules },
): Promise<'inSync' | { readonly differences: readonly Difference[] }> {
  const { session, rules } = wish
  const ways = writeWish(wish.application, manifest)
  const { object, clientSide } = await writeObject(manifest, { ...ways, session, dryRun: true })
  const differences = compareObject(object, live, rules)
  if (clientSide) {
    const isEqual = differences.length === 0 && compareObject(live, object, rules).length === 0
    return isEqual ? 'inSync' : { differences }
  }
  const set = ownFieldSet(object, FIELD_MANAGER)
  if (set !== undefined && projectedText(set, object) === projectedText(set, live)) return 'inSync'
  return { differences }
}

function failed(desired: Desired, error: string): Comparison {
  return {
    revisions: desired.revisions,
    renderKeys: [],
    targets: [],
    extras: [],
    orphans: [],
    errors: [error],
    warnings: [],
  }
}

function extra(object: ManagedObject, { session, project }: CompareRequest): ExtraObject {
  const live = session.live.get(object)
  const forbidden = permitsObject(project, session.record, { ...object, namespaced: object.namespace !== '' })
  return { object, live, ...(forbidden === undefined ? {} : { forbidden }) }
}

/** Why it cannot be judged now; it is judged again when that ends. */
function blindness(targets: readonly Target[], { application, session }: CompareRequest): readonly string[] {
  const reasons = new Set<string>()
  for (const { key } of targets) {
    const reason = session.blindTo(key)
    if (reason !== undefined) {
      session.awaitSight(key, application.id)
      reasons.add(
        `Cannot observe ${key.kind} in cluster "${session.record.name}": ${reason.replace(/\.$/, '')}. It is tried again by itself.`,
      )
    }
  }
  return [...reasons]
}

function orphanWarnings(project: Project, orphans: Comparison['orphans']): Comparison['warnings'] {
  const message = orphanWarning(project, orphans)
  return message === undefined ? [] : [{ type: 'OrphanedResourceWarning', message }]
}

function claimWarning(compared: ComparedTarget): Comparison['warnings'] {
  if (compared.claimedBy === undefined) return []
  const { kind, namespace, name } = compared.target.key
  const message =
    `${kind} ${namespace}/${name} belongs to application "${compared.claimedBy}", which claimed it first: it is left ` +
    'alone here. Remove it from one of the two.'
  return [{ type: 'SharedResourceWarning', message }]
}
