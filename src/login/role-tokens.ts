import { AppError } from '../base/app-error.js'
import type { Principal } from '../engine/access/principal.js'
import type { CredentialRecord } from '../store/account-store.js'
import type { Authenticate } from './authenticate.js'
import { projectWithRole, type RoleName, type RoleTokenDeps } from './create-role-token.js'
import { livenessAt } from './session-limits.js'

/** The living tokens of a role, for whoever may see its project. */
export class ListRoleTokens {
  private readonly deps: RoleTokenDeps

  constructor(deps: RoleTokenDeps) {
    this.deps = deps
  }

  async run(principal: Principal, name: RoleName): Promise<readonly CredentialRecord[]> {
    const { accounts, projects, clock, limits } = this.deps
    const what = `list the tokens of role "${name.role}"`
    const project = await projectWithRole(projects, { principal, action: 'get', name, what })
    const filter = { kind: 'token', projectId: project.id, role: name.role } as const
    return accounts.credentials(filter, livenessAt(clock, limits))
  }
}

/** Ends a token of a role, by its id or its name. */
export class DeleteRoleToken {
  private readonly deps: RoleTokenDeps
  private readonly authenticate: Authenticate

  constructor(deps: RoleTokenDeps, authenticate: Authenticate) {
    this.deps = deps
    this.authenticate = authenticate
  }

  async run(principal: Principal, name: RoleName, token: string): Promise<void> {
    const { accounts, projects, clock, limits } = this.deps
    const what = `delete a token of role "${name.role}" of project "${name.project}"`
    const project = await projectWithRole(projects, { principal, action: 'update', name, what })
    const filter = { kind: 'token', projectId: project.id, role: name.role } as const
    const living = await accounts.credentials(filter, livenessAt(clock, limits))
    const meant = living.find((one) => one.id === token || one.name === token)
    if (meant === undefined) {
      throw new AppError('NOT_FOUND', `Role "${name.role}" has no living token "${token}".`)
    }
    await accounts.revoke([meant.id], {
      audit: {
        actor: principal.subject,
        action: 'delete-role-token',
        object: `project/${name.project}`,
        project: name.project,
        details: { role: name.role, name: meant.name ?? meant.id },
      },
      doorbells: [],
    })
    this.authenticate.forget()
  }
}
