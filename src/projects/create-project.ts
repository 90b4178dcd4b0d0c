import { AppError } from '../base/app-error.js'
import type { NewId } from '../base/clock.js'
import { decide } from '../engine/access/decide.js'
import type { Principal } from '../engine/access/principal.js'
import type { Project, ProjectSpec } from '../engine/project/project.js'
import { problemText } from '../engine/application/field-problem.js'
import { validateProject } from '../engine/project/validate-project.js'
import { specDigest } from '../store/spec-digest.js'
import type { ApplicationStore } from '../store/application-store.js'
import type { ProjectStore } from '../store/directory-stores.js'

export interface NewProject {
  readonly name: string
  /** As it came in; checked here. */
  readonly spec: unknown
  /** Change an existing project of this name instead of refusing. */
  readonly upsert?: boolean
  /** The generation that the caller saw; CONFLICT when somebody else was faster. */
  readonly generation?: number
}

export interface CreateProjectDeps {
  readonly projects: ProjectStore
  readonly applications: Pick<ApplicationStore, 'idsOfProject'>
  readonly newId: NewId
}

/**
 * Creates a project, or with `upsert` makes an existing one equal to the wish. Its applications are judged again then:
 * those that it permits no more say so, and nothing of them is deleted.
 */
export class CreateProject {
  private readonly deps: CreateProjectDeps

  constructor(deps: CreateProjectDeps) {
    this.deps = deps
  }

  async run(principal: Principal, wish: NewProject): Promise<Project> {
    const { projects, applications, newId } = this.deps
    const existing = await projects.byName(wish.name)
    const action = existing === undefined ? 'create' : 'update'
    refuse(principal, action, wish.name)
    const spec = specOf(wish)
    const record = {
      audit: {
        actor: principal.subject,
        action: `${action}-project`,
        object: `project/${wish.name}`,
        project: wish.name,
        details: {
          after: specDigest(spec),
          ...(existing && { before: specDigest(existing.spec) }),
        },
      },
      doorbells: [],
    }
    if (existing === undefined) {
      const project: Project = { id: newId(), name: wish.name, spec, generation: 1 }
      await projects.create(project, record)
      return project
    }
    if (wish.upsert !== true) {
      throw new AppError(
        'CONFLICT',
        `Cannot create project "${wish.name}": it exists. Use upsert to change it.`,
      )
    }
    if (wish.generation !== undefined && wish.generation !== existing.generation) throw outdated(wish.name)
    const project: Project = { ...existing, spec, generation: existing.generation + 1 }
    const ids = await applications.idsOfProject(wish.name)
    const doorbells = ids.map((id) => ({ kind: 'application' as const, id }))
    await projects.update(project, { ...record, doorbells })
    return project
  }
}

/** Whoever may not see the project is told the same whether it exists or not. */
function refuse(principal: Principal, action: 'create' | 'update', name: string): void {
  const refused = decide(principal, 'projects', action, name)
  if (refused === undefined) return
  const isSeen = decide(principal, 'projects', 'get', name) === undefined
  const [said, reason] = isSeen
    ? [action, refused]
    : ['create', decide(principal, 'projects', 'create', name) ?? refused]
  throw new AppError('FORBIDDEN', `Cannot ${said} project "${name}": ${reason}`)
}

function specOf(wish: NewProject): ProjectSpec {
  const checked = validateProject({ metadata: { name: wish.name }, spec: wish.spec })
  if ('project' in checked) return checked.project.spec
  throw new AppError('BAD_USER_INPUT', `Cannot save project "${wish.name}": ${problemText(checked.problems)}`)
}

function outdated(name: string): AppError {
  return new AppError(
    'CONFLICT',
    `Cannot change project "${name}": it was changed by somebody else meanwhile. Read it again and repeat your change.`,
  )
}
