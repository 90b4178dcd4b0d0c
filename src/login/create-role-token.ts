import { AppError } from '../base/app-error.js'
import { NotVisible } from '../base/not-visible.js'
import { decide } from '../engine/access/decide.js'
import type { AccessAction, Principal } from '../engine/access/principal.js'
import type { Project } from '../engine/project/project.js'
import { roleNames } from '../engine/project/role-names.js'
import type { ProjectStore } from '../store/directory-stores.js'
import type { CreateTokenDeps } from './create-api-token.js'
import { requireRecentPassword } from './require-recent-password.js'
import { livenessAt } from './session-limits.js'
import { checkTokenWish, makeToken, tokenDetails, type ApiToken, type TokenWish } from './token-wish.js'

export interface RoleTokenDeps extends CreateTokenDeps {
  readonly projects: ProjectStore
}

/** A role of a project. */
export interface RoleName {
  readonly project: string
  readonly role: string
}

/** Makes a token that acts as a role of a project (`proj:<project>:<role>`), for whoever may update the project. */
export class CreateRoleToken {
  private readonly deps: RoleTokenDeps

  constructor(deps: RoleTokenDeps) {
    this.deps = deps
  }

  async run(principal: Principal, name: RoleName, wish: TokenWish): Promise<ApiToken> {
    const { accounts, projects, clock, newId, limits } = this.deps
    const what = `create a token of role "${name.role}" of project "${name.project}"`
    const project = await projectWithRole(projects, { principal, action: 'update', name, what })
    requireRecentPassword(principal, clock, what)
    const filter = { kind: 'token', projectId: project.id, role: name.role } as const
    checkTokenWish(wish, await accounts.credentials(filter, livenessAt(clock, limits)))
    const { token, stored } = makeToken(wish, { id: newId(), now: clock.now() })
    await accounts.createCredential(
      { ...stored, projectId: project.id, role: name.role },
      {
        audit: {
          actor: principal.subject,
          action: 'create-role-token',
          object: `project/${name.project}`,
          project: name.project,
          details: { role: name.role, ...tokenDetails(token) },
        },
        doorbells: [],
      },
    )
    return token
  }
}

/** The project, when the principal may do this with it and it has the role. */
export async function projectWithRole(
  projects: ProjectStore,
  asked: {
    readonly principal: Principal
    readonly action: AccessAction
    readonly name: RoleName
    readonly what: string
  },
): Promise<Project> {
  const { principal, action, name, what } = asked
  const project = await projects.byName(name.project)
  const absent = `Project "${name.project}" does not exist.`
  if (project === undefined) throw new AppError('NOT_FOUND', absent)
  if (decide(principal, 'projects', 'get', name.project) !== undefined) throw new NotVisible(absent)
  const refused = decide(principal, 'projects', action, name.project)
  if (refused !== undefined) throw new AppError('FORBIDDEN', `Cannot ${what}: ${refused}`)
  if (roleNames(project.spec).includes(name.role)) return project
  throw new AppError('NOT_FOUND', `Project "${name.project}" has no role "${name.role}".`)
}
