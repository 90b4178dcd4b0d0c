import { AppError } from '../base/app-error.js'
import type { FieldDifference, ResourceDiff } from '../applications/live-reads.js'
import { LiveReads } from '../applications/live-reads.js'
import type { Application } from '../engine/application/application.js'
import { compareObject } from '../engine/diff/compare.js'
import { compareRulesFor } from '../engine/diff/compare-rules.js'
import type { Difference } from '../engine/diff/difference.js'
import { maskDifferences, maskSecret } from '../engine/diff/mask-secret.js'
import type { JsonValue, Manifest } from '../engine/manifest/manifest.js'
import type { ResourceKey } from '../engine/manifest/resource-key.js'
import type { Stores } from '../store/stores.js'
import type { ClusterSession } from './cluster-session.js'
import type { ClusterSessions } from './cluster-sessions.js'
import type { CompareApplication } from './compare-application.js'
import type { ComparedTarget, ExtraObject } from './comparison.js'

export interface OwnerLiveReadsDeps {
  readonly stores: Pick<Stores, 'applications' | 'projects'>
  readonly sessions: ClusterSessions
  readonly compare: CompareApplication
}

/** Live reads, answered by the process that owns the cluster. Secrets are masked before anything leaves. */
export class OwnerLiveReads extends LiveReads {
  readonly #deps: OwnerLiveReadsDeps

  constructor(deps: OwnerLiveReadsDeps) {
    super()
    this.#deps = deps
  }

  async diff(applicationId: string): Promise<readonly ResourceDiff[]> {
    const { applications, projects } = this.#deps.stores
    const application = await this.#application(applicationId)
    const desired = await applications.desired(applicationId)
    const project = await projects.byName(application.spec.project)
    if (desired === undefined || project === undefined) {
      throw new AppError(
        'NOT_FOUND',
        `Application "${application.name}" was not rendered yet. Try again in a moment.`,
      )
    }
    const session = await this.#deps.sessions.of(application.spec.destination)
    const comparison = await this.#deps.compare.run({ application, project, desired, session })
    if (comparison.errors.length > 0) throw new AppError('BAD_USER_INPUT', comparison.errors.join('\n'))
    const changed = comparison.targets.filter(({ state }) => state !== 'inSync')
    const extras = comparison.extras.filter(({ live }) => live !== undefined)
    return Promise.all([
      ...changed.map((compared) => targetDiff(compared, application, session)),
      ...extras.map((extra) => extraDiff(extra, session)),
    ])
  }

  async live(applicationId: string, key: ResourceKey): Promise<Manifest | undefined> {
    const application = await this.#application(applicationId)
    const session = await this.#deps.sessions.of(application.spec.destination)
    if (session.forms.get(key)?.applicationId !== applicationId) return undefined
    const live = await session.cluster.get(key)
    return live === undefined ? undefined : maskSecret(undefined, live).live
  }

  async #application(applicationId: string) {
    const application = await this.#deps.stores.applications.get(applicationId)
    if (application === undefined) throw new AppError('NOT_FOUND', 'The application does not exist.')
    return application
  }
}

async function targetDiff(
  compared: ComparedTarget,
  application: Application,
  session: ClusterSession,
): Promise<ResourceDiff> {
  const { key, manifest } = compared.target
  const found = compared.live === undefined ? undefined : await session.cluster.get(key)
  const { desired: target, live } = maskSecret(manifest, found)
  const differences = maskDifferences(manifest, differencesOf(compared, application, found)).map(
    ({ path, desired, live: value }): FieldDifference => ({
      path,
      ...(desired === undefined ? {} : { declared: desired as JsonValue }),
      ...(value === undefined ? {} : { live: value as JsonValue }),
    }),
  )
  return {
    ...key,
    ...(target === undefined ? {} : { target }),
    ...(live === undefined ? {} : { live }),
    differences,
  }
}

/** The verdict knows no fields when the declaration itself is another one than was applied: then they are compared here. */
function differencesOf(
  { target, differences }: ComparedTarget,
  { spec }: Application,
  live: Manifest | undefined,
): readonly Difference[] {
  if (differences.length > 0 || live === undefined) return differences
  return compareObject(target.manifest, live, compareRulesFor(target.key, spec.ignoreDifferences ?? []))
}

async function extraDiff({ object }: ExtraObject, session: ClusterSession): Promise<ResourceDiff> {
  const { group, kind, namespace, name } = object
  const found = await session.cluster.get(object)
  const { live } = maskSecret(undefined, found)
  return { group, kind, namespace, name, ...(live === undefined ? {} : { live }) }
}
