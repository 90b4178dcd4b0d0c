import { CliError } from '../cli-error.js'
import type { Flags } from '../flags.js'
import { listAt, type SpecEdit, type Tree } from './edit-lists.js'

const TEXTS: readonly (readonly [string, string])[] = [
  ['kind', 'kind'],
  ['schedule', 'schedule'],
  ['duration', 'duration'],
  ['timeZone', 'timeZone'],
  ['description', 'description'],
]
const LISTS = ['applications', 'namespaces', 'clusters'] as const
const SWITCHES: readonly (readonly [string, string])[] = [
  ['manualSync', 'manualSync'],
  ['useAndOperator', 'andOperator'],
  ['syncOverrun', 'syncOverrun'],
]

/** The fields of a window that flags name. */
function fieldsOf(flags: Flags): Tree {
  const texts = TEXTS.flatMap(([flag, field]) => {
    const value = flags.text(flag)
    return value === undefined ? [] : [[field, value] as const]
  })
  const lists = LISTS.flatMap((name) => {
    const values = flags.list(name).flatMap((value) => value.split(','))
    return values.length === 0 ? [] : [[name, values] as const]
  })
  const switches = SWITCHES.flatMap(([flag, field]) => {
    const value = flags.given(flag)
    return value === undefined ? [] : [[field, value] as const]
  })
  return Object.fromEntries<unknown>([...texts, ...lists, ...switches])
}

export const addWindow: SpecEdit = (spec, _args, flags) => {
  if (LISTS.every((name) => flags.list(name).length === 0)) {
    throw new CliError('the window would count for nothing', {
      hint: 'name --applications, --namespaces or --clusters; "*" is every one',
    })
  }
  for (const name of ['kind', 'schedule', 'duration']) flags.required(name)
  return { ...spec, syncWindows: [...listAt(spec, 'syncWindows'), fieldsOf(flags)] }
}

export const updateWindow: SpecEdit = (spec, [id], flags) => changed(spec, id, fieldsOf(flags))

export const deleteWindow: SpecEdit = (spec, [id]) => {
  const at = position(spec, id)
  return { ...spec, syncWindows: listAt(spec, 'syncWindows').filter((_window, index) => index !== at) }
}

/** `enable-manual-sync`, `disable-sync-overrun` …: switches one field of a window. */
export function switchesWindow(field: 'manualSync' | 'syncOverrun', on: boolean): SpecEdit {
  return (spec, [id]) => changed(spec, id, { [field]: on })
}

function changed(spec: Tree, id: string | undefined, fields: Tree): Tree {
  const at = position(spec, id)
  const windows = listAt(spec, 'syncWindows')
  const next = windows.map((window, index) => (index === at ? { ...(window as Tree), ...fields } : window))
  return { ...spec, syncWindows: next }
}

/** Windows are named by their place, from 0, as `proj windows list` shows it. */
function position(spec: Tree, id: string | undefined): number {
  const count = listAt(spec, 'syncWindows').length
  const at = Number(id)
  if (id !== undefined && /^\d+$/.test(id) && at < count) return at
  throw new CliError(`the project has no sync window "${id ?? ''}"`, {
    hint: count === 0 ? 'it has none' : `ids go from 0 to ${count - 1}: lockstep proj windows list PROJECT`,
  })
}
