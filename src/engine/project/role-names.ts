import type { ProjectSpec } from './project.js'

/** The roles that a project has. */
export function roleNames(spec: ProjectSpec & { readonly roles?: unknown }): readonly string[] {
  if (!Array.isArray(spec.roles)) return []
  return spec.roles.flatMap((role: unknown) => {
    const name = role !== null && typeof role === 'object' && 'name' in role ? role.name : undefined
    return typeof name === 'string' ? [name] : []
  })
}
