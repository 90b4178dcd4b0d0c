import type { Principal } from '../engine/access/principal.js'
import type { Project } from '../engine/project/project.js'
import type { ProjectStore } from '../store/directory-stores.js'
import { openProject } from './open-project.js'

/** Reads one project; NOT_FOUND also for what the principal may not see. */
export class GetProject {
  private readonly projects: ProjectStore

  constructor(projects: ProjectStore) {
    this.projects = projects
  }

  run(principal: Principal, name: string): Promise<Project> {
    return openProject(this.projects, principal, name)
  }
}
