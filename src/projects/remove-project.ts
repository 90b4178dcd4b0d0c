import { AppError } from '../base/app-error.js'
import { decide } from '../engine/access/decide.js'
import type { Principal } from '../engine/access/principal.js'
import type { Project } from '../engine/project/project.js'
import type { ApplicationList } from '../store/application-list.js'
import type { ProjectStore } from '../store/directory-stores.js'
import { openProject } from './open-project.js'

/** Removes a project that no application uses. The project `default` stays. */
export class RemoveProject {
  private readonly projects: ProjectStore
  private readonly list: ApplicationList

  constructor(projects: ProjectStore, list: ApplicationList) {
    this.projects = projects
    this.list = list
  }

  async run(principal: Principal, name: string): Promise<Project> {
    const project = await openProject(this.projects, principal, name)
    const refused = decide(principal, 'projects', 'delete', name)
    if (refused !== undefined) throw new AppError('FORBIDDEN', `Cannot remove project "${name}": ${refused}`)
    if (name === 'default')
      throw new AppError('BAD_USER_INPUT', 'Cannot remove the project "default": it always exists.')
    const used = await this.list.page({ project: name }, { first: 1 })
    if (used.rows.length > 0) {
      throw new AppError(
        'CONFLICT',
        `Cannot remove project "${name}": applications still use it. Delete or move them.`,
      )
    }
    await this.projects.remove(project.id, {
      audit: { actor: principal.subject, action: 'remove-project', object: `project/${name}`, project: name },
      doorbells: [],
    })
    return project
  }
}
