import { AppError } from '../base/app-error.js'
import { decide } from '../engine/access/decide.js'
import type { Principal } from '../engine/access/principal.js'
import type { Project } from '../engine/project/project.js'
import type { ProjectStore } from '../store/directory-stores.js'

/** Reads one project; NOT_FOUND also for what the principal may not see. */
export class GetProject {
  private readonly projects: ProjectStore

  constructor(projects: ProjectStore) {
    this.projects = projects
  }

  async run(principal: Principal, name: string): Promise<Project> {
    const project = await this.projects.byName(name)
    if (project === undefined || decide(principal, 'projects', 'get', name) !== undefined) {
      throw new AppError('NOT_FOUND', `Project "${name}" does not exist.`)
    }
    return project
  }
}
