import { CliError } from '../cli-error.js'
import type { Flags } from '../flags.js'

/** A project spec, or a part of it, as a document. */
export type Tree = Readonly<Record<string, unknown>>

/** Changes a spec by the arguments after the project's name and the flags. */
export type SpecEdit = (spec: Tree, args: readonly string[], flags: Flags) => Tree

export function listAt(spec: Tree, field: string): readonly unknown[] {
  const value = spec[field]
  return Array.isArray(value) ? value : []
}

export function treeAt(spec: Tree, field: string): Tree {
  const value = spec[field]
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? { ...value } : {}
}

/** Adds what `item` makes of the arguments; what is there already is refused, so that a script notices. */
export function adds(field: string, item: (args: readonly string[], flags: Flags) => unknown): SpecEdit {
  return (spec, args, flags) => {
    const one = item(args, flags)
    const items = listAt(spec, field)
    if (items.some((other) => same(other, one))) throw new CliError(`${field} has ${shown(one)} already`)
    return { ...spec, [field]: [...items, one] }
  }
}

export function removes(field: string, item: (args: readonly string[], flags: Flags) => unknown): SpecEdit {
  return (spec, args, flags) => {
    const one = item(args, flags)
    const items = listAt(spec, field)
    const rest = items.filter((other) => !same(other, one))
    if (rest.length === items.length) throw new CliError(`${field} has no ${shown(one)}`)
    return { ...spec, [field]: rest }
  }
}

function same(one: unknown, other: unknown): boolean {
  return canonical(one) === canonical(other)
}

function canonical(value: unknown): string {
  return value !== null && typeof value === 'object'
    ? JSON.stringify(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : JSON.stringify(value)
}

function shown(value: unknown): string {
  return typeof value === 'string' ? `"${value}"` : JSON.stringify(value)
}

/** `SERVER NAMESPACE`; what is no URL, or comes with `--name`, is the name of a cluster. */
export function destination([cluster = '', namespace = '']: readonly string[], flags: Flags): Tree {
  const byName =
    flags.isOn('name') || !(cluster === '*' || cluster.includes('://') || cluster.startsWith('!http'))
  return byName ? { name: cluster, namespace } : { server: cluster, namespace }
}

export function kind([group = '', name = '']: readonly string[]): Tree {
  return { group, kind: name }
}

const orphan = (args: readonly string[], flags: Flags): Tree => {
  const name = flags.text('name')
  return { ...kind(args), ...(name !== undefined && { name }) }
}

/** Ignores an orphan; the first one switches the watch on. */
export const addOrphan: SpecEdit = (spec, args, flags) => ({
  ...spec,
  orphanedResources: adds('ignore', orphan)(treeAt(spec, 'orphanedResources'), args, flags),
})

export const removeOrphan: SpecEdit = (spec, args, flags) => ({
  ...spec,
  orphanedResources: removes('ignore', orphan)(treeAt(spec, 'orphanedResources'), args, flags),
})

/**
 * `allow-…` and `deny-…`: `--list` says which list is meant. To allow is to add to the allow list or to leave the deny
 * list; to deny is the other way round (contract 1.16, as Argo CD's CLI).
 */
export function judges(scope: 'cluster' | 'namespace', verb: 'allow' | 'deny'): SpecEdit {
  return (spec, args, flags) => {
    const list = flags.text('list') ?? (scope === 'cluster' ? 'allow' : 'deny')
    if (list !== 'allow' && list !== 'deny') throw new CliError(`--list is allow or deny, not "${list}"`)
    const field = `${scope}Resource${list === 'allow' ? 'Whitelist' : 'Blacklist'}`
    return (list === verb ? adds(field, kind) : removes(field, kind))(spec, args, flags)
  }
}
