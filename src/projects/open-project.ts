import { AppError } from '../base/app-error.js'
import { NotVisible } from '../base/not-visible.js'
import { decide } from '../engine/access/decide.js'
import type { Principal } from '../engine/access/principal.js'
import type { Project } from '../engine/project/project.js'
import type { ProjectStore } from '../store/directory-stores.js'

/** The project. NOT_FOUND also for what the principal may not see: the audit trail alone tells the two apart. */
export async function openProject(
  projects: Pick<ProjectStore, 'byName'>,
  principal: Principal,
  name: string,
): Promise<Project> {
  const project = await projects.byName(name)
  const absent = `Project "${name}" does not exist.`
  if (project === undefined) throw new AppError('NOT_FOUND', absent)
  if (decide(principal, 'projects', 'get', name) !== undefined) throw new NotVisible(absent)
  return project
}
