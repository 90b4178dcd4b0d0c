import type { CommandRun } from '../command-context.js'
import { projectSpec } from './project-spec.js'
import { addOrphan, adds, destination, judges, removeOrphan, removes, type SpecEdit } from './edit-lists.js'
import { editsProject } from './edit-project.js'
import { addGroup, addPolicy, createRole, deleteRole, removeGroup, removePolicy } from './edit-roles.js'
import { addWindow, deleteWindow, switchesWindow, updateWindow } from './edit-windows.js'

const first = ([value = '']: readonly string[]): string => value

/** `proj set`: lists that flags name are replaced, the others stay. */
const set: SpecEdit = (spec, _args, flags) => {
  const named = Object.entries(projectSpec({}, flags))
  return { ...spec, ...Object.fromEntries(named) }
}

/** The verbs of `proj` that change one project, by name. */
export function projectEdit(verb: string): CommandRun {
  const edit = BY_VERB[verb]
  if (edit === undefined) throw new Error(`proj ${verb} is not an edit`)
  return editsProject(edit, 'updated')
}

const BY_VERB: Readonly<Record<string, (project: string) => SpecEdit>> = {
  set: () => set,
  'add-destination': () => adds('destinations', destination),
  'remove-destination': () => removes('destinations', destination),
  'add-source': () => adds('sourceRepos', first),
  'remove-source': () => removes('sourceRepos', first),
  'add-source-namespace': () => adds('sourceNamespaces', first),
  'remove-source-namespace': () => removes('sourceNamespaces', first),
  'allow-cluster-resource': () => judges('cluster', 'allow'),
  'deny-cluster-resource': () => judges('cluster', 'deny'),
  'allow-namespace-resource': () => judges('namespace', 'allow'),
  'deny-namespace-resource': () => judges('namespace', 'deny'),
  'add-orphaned-ignore': () => addOrphan,
  'remove-orphaned-ignore': () => removeOrphan,
  'role create': () => createRole,
  'role delete': () => deleteRole,
  'role add-policy': addPolicy,
  'role remove-policy': removePolicy,
  'role add-group': () => addGroup,
  'role remove-group': () => removeGroup,
  'windows add': () => addWindow,
  'windows update': () => updateWindow,
  'windows delete': () => deleteWindow,
  'windows enable-manual-sync': () => switchesWindow('manualSync', true),
  'windows disable-manual-sync': () => switchesWindow('manualSync', false),
  'windows enable-sync-overrun': () => switchesWindow('syncOverrun', true),
  'windows disable-sync-overrun': () => switchesWindow('syncOverrun', false),
}
