import type { Command } from 'commander'
import { repeated, toggle, type AddCommand } from './command-options.js'

const OUTPUT = '-o, --output <format>'
const FORMATS = 'json, yaml, wide or name'

/** What changes or shows a part of one project: `proj add-source`, `proj role …`, `proj windows …`. */
export function addProjectCommands(proj: Command, add: AddCommand): void {
  addLists(proj, add)
  addRoles(proj.command('role').description('roles of a project'), add)
  addWindows(proj.command('windows').description('sync windows of a project'), add)
}

/** `verb` as `projectEdit` knows it, e.g. `windows add`; its last word is the command. */
function edit(
  parent: Command,
  usage: { verb: string; args: string; text: string },
  add: AddCommand,
): Command {
  const { verb, args, text } = usage
  const name = `${verb.slice(verb.indexOf(' ') + 1)} ${args}`
  return add(parent, { name, text }, async () => (await import('./proj/project-edits.js')).projectEdit(verb))
}

function addLists(proj: Command, add: AddCommand): void {
  const destinations = [
    { verb: 'add-destination', args: '<project> <cluster> <namespace>', text: 'permit a destination' },
    {
      verb: 'remove-destination',
      args: '<project> <cluster> <namespace>',
      text: 'permit a destination no more',
    },
  ]
  for (const usage of destinations)
    edit(proj, usage, add).option('--name', 'the cluster is a name, not a server')
  const plain = [
    { verb: 'add-source', args: '<project> <url>', text: 'permit a repository' },
    { verb: 'remove-source', args: '<project> <url>', text: 'permit a repository no more' },
    {
      verb: 'add-source-namespace',
      args: '<project> <namespace>',
      text: 'permit applications of a namespace',
    },
    { verb: 'remove-source-namespace', args: '<project> <namespace>', text: 'permit them no more' },
  ]
  for (const usage of plain) edit(proj, usage, add)
  const kinds = [
    {
      verb: 'allow-cluster-resource',
      args: '<project> <group> <kind>',
      text: 'permit a cluster-scoped kind',
    },
    { verb: 'deny-cluster-resource', args: '<project> <group> <kind>', text: 'permit it no more' },
    { verb: 'allow-namespace-resource', args: '<project> <group> <kind>', text: 'permit a namespaced kind' },
    { verb: 'deny-namespace-resource', args: '<project> <group> <kind>', text: 'permit it no more' },
  ]
  for (const usage of kinds) edit(proj, usage, add).option('-l, --list <list>', 'the allow or the deny list')
  const orphans = [
    { verb: 'add-orphaned-ignore', args: '<project> <group> <kind>', text: 'ignore orphaned objects' },
    { verb: 'remove-orphaned-ignore', args: '<project> <group> <kind>', text: 'ignore them no more' },
  ]
  for (const usage of orphans) edit(proj, usage, add).option('--name <name>', 'only objects of this name')
}

function addRoles(role: Command, add: AddCommand): void {
  edit(role, { verb: 'role create', args: '<project> <role>', text: 'create a role' }, add).option(
    '--description <text>',
  )
  edit(role, { verb: 'role delete', args: '<project> <role>', text: 'delete a role; its tokens end' }, add)
  for (const verb of ['role add-policy', 'role remove-policy']) {
    edit(role, { verb, args: '<project> <role>', text: 'change what the role may do' }, add)
      .option('-a, --action <action>', 'e.g. get, sync')
      .option('-p, --permission <permission>', 'allow or deny; default allow')
      .option('-o, --object <object>', 'within the project, e.g. "*"')
      .option('-r, --resource <resource>', 'default applications')
  }
  edit(
    role,
    { verb: 'role add-group', args: '<project> <role> <group>', text: 'put a group into the role' },
    add,
  )
  edit(role, { verb: 'role remove-group', args: '<project> <role> <group>', text: 'take it out' }, add)
  const load = () => import('./proj/list-parts.js')
  add(role, { name: 'list <project>', text: 'list the roles' }, async () => (await load()).listRoles).option(
    OUTPUT,
    FORMATS,
  )
  add(role, { name: 'get <project> <role>', text: 'show a role' }, async () => (await load()).getRole)
}

function addWindows(windows: Command, add: AddCommand): void {
  const usages = [
    { verb: 'windows add', args: '<project>', text: 'add a sync window' },
    { verb: 'windows update', args: '<project> <id>', text: 'change a sync window' },
  ]
  for (const usage of usages) addWindowFlags(edit(windows, usage, add))
  const args = '<project> <id>'
  edit(windows, { verb: 'windows delete', args, text: 'delete a sync window' }, add)
  edit(windows, { verb: 'windows enable-manual-sync', args, text: 'permit syncs by hand in it' }, add)
  edit(windows, { verb: 'windows disable-manual-sync', args, text: 'permit them no more' }, add)
  edit(windows, { verb: 'windows enable-sync-overrun', args, text: 'let what began legally end' }, add)
  edit(windows, { verb: 'windows disable-sync-overrun', args, text: 'let it end no more' }, add)
  add(
    windows,
    { name: 'list <project>', text: 'list the sync windows' },
    async () => (await import('./proj/list-parts.js')).listWindows,
  ).option(OUTPUT, FORMATS)
}

function addWindowFlags(command: Command): void {
  command
    .option('-k, --kind <kind>', 'allow or deny')
    .option('--schedule <cron>', 'minute hour day month weekday, e.g. "0 22 * * *"')
    .option('--duration <duration>', 'e.g. 90m or 2h')
    .option('--time-zone <zone>', 'e.g. Europe/Berlin; default UTC')
    .option('--description <text>')
  repeated(command, '--applications <globs>', 'applications that it counts for')
  repeated(command, '--namespaces <globs>', 'namespaces that it counts for')
  repeated(command, '--clusters <globs>', 'clusters that it counts for')
  toggle(command, 'manual-sync', 'permit syncs by hand')
  toggle(command, 'use-and-operator', 'all of the lists must match')
  toggle(command, 'sync-overrun', 'let what began legally end')
}
