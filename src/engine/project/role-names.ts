import type { ProjectSpec } from './project.js'

/** The roles that a project has. */
export function roleNames(spec: ProjectSpec): readonly string[] {
  return (spec.roles ?? []).map(({ name }) => name)
}
