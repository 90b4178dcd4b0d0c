import { AppError } from '../base/app-error.js'
import type { Principal } from '../engine/access/principal.js'
import type { Application } from '../engine/application/application.js'
import type { JsonObject, JsonValue } from '../engine/manifest/manifest.js'
import { applyJsonPatch, applyMergePatch, PatchRefusal } from '../engine/patch/json-patch.js'
import type { ApplicationStore } from '../store/application-store.js'
import { openApplication } from './application-access.js'
import type { CheckApplicationSpec } from './check-application-spec.js'
import type { UpdateApplication } from './update-application.js'

export interface PatchApplicationDeps {
  readonly applications: ApplicationStore
  readonly checkSpec: CheckApplicationSpec
  readonly update: UpdateApplication
}

export interface ApplicationPatch {
  readonly namespace: string
  readonly name: string
  /** JSON patch (RFC 6902) or merge patch (RFC 7386), of `{metadata, spec}`. */
  readonly type: 'json' | 'merge'
  readonly patch: unknown
  /** The generation that the caller saw; CONFLICT when somebody else was faster. */
  readonly generation?: number
}

/** Changes a part of an application: of its spec, labels or annotations, as it is declared now. */
export class PatchApplication {
  private readonly deps: PatchApplicationDeps

  constructor(deps: PatchApplicationDeps) {
    this.deps = deps
  }

  /** The result is checked like any other wish; name and namespace stay what they are. */
  async run(principal: Principal, wish: ApplicationPatch): Promise<Application> {
    const { applications, checkSpec, update } = this.deps
    const before = await openApplication(applications, principal, { name: wish, action: 'update' })
    const patched = checkSpec.document(wish.name, patchedDocument(before, wish))
    if (patched.name !== before.name || patched.namespace !== before.namespace) {
      throw new AppError(
        'BAD_USER_INPUT',
        `Cannot patch application "${wish.name}": its name and namespace cannot be changed. Create another one.`,
      )
    }
    const { spec, labels, annotations, name, namespace } = patched
    const generation = wish.generation ?? before.generation
    return update.run(principal, { name, namespace, spec, labels, annotations, generation })
  }
}

function patchedDocument(before: Application, { type, patch, name }: ApplicationPatch): JsonValue {
  const { namespace, labels, annotations } = before
  // A spec is JSON by its readers.
  const spec = before.spec as unknown as JsonObject
  const document: JsonObject = { metadata: { name: before.name, namespace, labels, annotations }, spec }
  try {
    return type === 'json' ? applyJsonPatch(document, patch) : applyMergePatch(document, patch as JsonValue)
  } catch (error) {
    if (!(error instanceof PatchRefusal)) throw error
    throw new AppError('BAD_USER_INPUT', `Cannot patch application "${name}": ${error.message}.`)
  }
}
