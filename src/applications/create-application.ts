import { AppError } from '../base/app-error.js'
import type { Clock, NewId } from '../base/clock.js'
import { applicationObject } from '../engine/access/application-object.js'
import { decide } from '../engine/access/decide.js'
import type { Principal } from '../engine/access/principal.js'
import type { Application } from '../engine/application/application.js'
import type { ApplicationStore } from '../store/application-store.js'
import { specDigest } from '../store/spec-digest.js'
import { applicationRecord } from './application-doorbells.js'
import type { CheckApplicationSpec } from './check-application-spec.js'
import type { UpdateApplication } from './update-application.js'

export interface CreateApplicationDeps {
  readonly applications: ApplicationStore
  readonly checkSpec: CheckApplicationSpec
  readonly update: UpdateApplication
  readonly clock: Clock
  readonly newId: NewId
}

export interface NewApplication {
  readonly namespace: string
  readonly name: string
  /** As it came in; checked here. */
  readonly spec: unknown
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
  /** Change an existing application of this name instead of refusing. */
  readonly upsert?: boolean
  /** The same key of the same person answers the same application. */
  readonly idempotencyKey?: string
}

/** Creates an application, or with `upsert` makes an existing one equal to the wish. Asking twice changes nothing. */
export class CreateApplication {
  private readonly deps: CreateApplicationDeps

  constructor(deps: CreateApplicationDeps) {
    this.deps = deps
  }

  async run(principal: Principal, wish: NewApplication): Promise<Application> {
    const { applications, checkSpec, clock, newId } = this.deps
    const { labels, annotations, name, namespace, spec } = checkSpec.whole({
      name: wish.name,
      namespace: wish.namespace,
      spec: wish.spec,
      ...(wish.labels && { labels: wish.labels }),
      ...(wish.annotations && { annotations: wish.annotations }),
    })
    const refused = decide(principal, 'applications', 'create', applicationObject(spec.project, wish))
    if (refused !== undefined)
      throw new AppError('FORBIDDEN', `Cannot create application "${wish.name}": ${refused}`)
    const key = keyOf(principal, wish)
    const earlier = await this.earlier(key)
    if (earlier !== undefined) return earlier
    await checkSpec.permit(wish, spec)
    const existing = await applications.byName(namespace, name)
    if (existing !== undefined) return this.again(principal, { ...wish, spec }, existing)
    const application: Application = {
      id: newId(),
      namespace,
      name,
      labels,
      annotations,
      spec,
      generation: 1,
      createdAt: new Date(clock.now()).toISOString(),
    }
    const bells = [{ kind: 'application', id: application.id }] as const
    const details = { after: specDigest(application.spec) }
    const entry = { actor: principal.subject, action: 'create-application', details }
    try {
      await applications.create(application, applicationRecord(application, entry, bells), key)
      return application
    } catch (error) {
      // The same request, at the same moment, through another connection.
      const twin = await this.earlier(key)
      if (twin !== undefined) return twin
      throw error
    }
  }

  private async earlier(key: string | undefined): Promise<Application | undefined> {
    return key === undefined ? undefined : this.deps.applications.byIdempotencyKey(key)
  }

  private async again(
    principal: Principal,
    wish: NewApplication,
    existing: Application,
  ): Promise<Application> {
    if (sameContent(existing.spec, wish.spec)) return existing
    if (wish.upsert !== true) {
      throw new AppError(
        'CONFLICT',
        `Cannot create application "${wish.name}": it exists with another spec. Use upsert to change it.`,
      )
    }
    return this.deps.update.run(principal, wish)
  }
}

/** A key of one person must not answer what another one created. */
function keyOf(principal: Principal, { idempotencyKey }: NewApplication): string | undefined {
  return idempotencyKey === undefined ? undefined : `${principal.subject}:${idempotencyKey}`
}

/** Equal as JSON, whatever the order of keys. */
function sameContent(left: unknown, right: unknown): boolean {
  return canonical(left) === canonical(right)
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}
