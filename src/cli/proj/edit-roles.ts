import { CliError } from '../cli-error.js'
import type { Flags } from '../flags.js'
import { adds, listAt, removes, type SpecEdit, type Tree } from './edit-lists.js'

function isRole(value: unknown, name: string): boolean {
  return value !== null && typeof value === 'object' && 'name' in value && value.name === name
}

export const createRole: SpecEdit = (spec, [name = ''], flags) => {
  const roles = listAt(spec, 'roles')
  if (roles.some((role) => isRole(role, name))) throw new CliError(`the project has a role "${name}" already`)
  const description = flags.text('description')
  return { ...spec, roles: [...roles, { name, ...(description !== undefined && { description }) }] }
}

export const deleteRole: SpecEdit = (spec, [name = '']) => {
  const roles = listAt(spec, 'roles')
  const rest = roles.filter((role) => !isRole(role, name))
  if (rest.length === roles.length) throw noRole(name)
  return { ...spec, roles: rest }
}

/** An edit of one role; its arguments are those behind the name of the role. */
function inRole(edit: SpecEdit): SpecEdit {
  return (spec, [name = '', ...args], flags) => {
    const roles = listAt(spec, 'roles')
    if (!roles.some((role) => isRole(role, name))) throw noRole(name)
    const changed = roles.map((role) => (isRole(role, name) ? edit(role as Tree, args, flags) : role))
    return { ...spec, roles: changed }
  }
}

function noRole(name: string): CliError {
  return new CliError(`the project has no role "${name}"`, { hint: 'lockstep proj role list PROJECT' })
}

const group = ([name = '']: readonly string[]): string => name

/** `project` is put in front of the arguments by whoever runs it: the line names it. */
function policy(project: string, role: string, flags: Flags): string {
  const object = flags.required('object')
  const full = object.startsWith(`${project}/`) ? object : `${project}/${object}`
  const resource = flags.text('resource') ?? 'applications'
  const effect = flags.text('permission') ?? 'allow'
  return `p, proj:${project}:${role}, ${resource}, ${flags.required('action')}, ${full}, ${effect}`
}

export const addGroup = inRole(adds('groups', group))
export const removeGroup = inRole(removes('groups', group))

export function addPolicy(project: string): SpecEdit {
  return (spec, args, flags) =>
    inRole(adds('policies', () => policy(project, args[0] ?? '', flags)))(spec, args, flags)
}

export function removePolicy(project: string): SpecEdit {
  return (spec, args, flags) =>
    inRole(removes('policies', () => policy(project, args[0] ?? '', flags)))(spec, args, flags)
}
