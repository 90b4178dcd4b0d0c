import { AppError } from '../base/app-error.js'
import type { NewId } from '../base/clock.js'
import { decide } from '../engine/access/decide.js'
import type { Principal } from '../engine/access/principal.js'
import type { Project, ProjectSpec } from '../engine/project/project.js'
import { problemText } from '../engine/application/field-problem.js'
import { validateProject } from '../engine/project/validate-project.js'
import { specDigest } from '../store/spec-digest.js'
import type { ProjectStore } from '../store/directory-stores.js'

export interface NewProject {
  readonly name: string
  /** As it came in; checked here. */
  readonly spec: unknown
  /** Change an existing project of this name instead of refusing. */
  readonly upsert?: boolean
}

/** Creates a project, or with `upsert` makes an existing one equal to the wish. */
export class CreateProject {
  private readonly projects: ProjectStore
  private readonly newId: NewId

  constructor(projects: ProjectStore, newId: NewId) {
    this.projects = projects
    this.newId = newId
  }

  async run(principal: Principal, wish: NewProject): Promise<Project> {
    const existing = await this.projects.byName(wish.name)
    const action = existing === undefined ? 'create' : 'update'
    const refused = decide(principal, 'projects', action, wish.name)
    if (refused !== undefined)
      throw new AppError('FORBIDDEN', `Cannot ${action} project "${wish.name}": ${refused}`)
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
      const project: Project = { id: this.newId(), name: wish.name, spec, generation: 1 }
      await this.projects.create(project, record)
      return project
    }
    if (wish.upsert !== true) {
      throw new AppError(
        'CONFLICT',
        `Cannot create project "${wish.name}": it exists. Use upsert to change it.`,
      )
    }
    const project: Project = { ...existing, spec, generation: existing.generation + 1 }
    await this.projects.update(project, record)
    return project
  }
}

function specOf(wish: NewProject): ProjectSpec {
  const checked = validateProject({ metadata: { name: wish.name }, spec: wish.spec })
  if ('project' in checked) return checked.project.spec
  throw new AppError('BAD_USER_INPUT', `Cannot save project "${wish.name}": ${problemText(checked.problems)}`)
}
