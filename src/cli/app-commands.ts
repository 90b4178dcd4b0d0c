import type { Command } from 'commander'
import { addAppReadCommands } from './app-read-commands.js'
import { repeated, toggle, type AddCommand } from './command-options.js'

const OUTPUT = '-o, --output <format>'
const FORMATS = 'json, yaml, wide or name'

/** `app …`, with the flags of `argocd app`. */
export function addAppCommands(program: Command, add: AddCommand): void {
  const app = program.command('app').description('applications')
  addReads(app, add)
  addAppReadCommands(app, add)
  addChanges(app, add)
  addWork(app, add)
  addUndoing(app, add)
  addSourceChanges(app, add)
}

function addReads(app: Command, add: AddCommand): void {
  const list = add(
    app,
    { name: 'list', text: 'list applications' },
    async () => (await import('./app/list-apps.js')).listApps,
  )
  selection(list)
    .option('-r, --repo <url>')
    .option('-c, --cluster <name>')
    .option('-w, --watch', 'then tell what changes, until Ctrl-C')
    .option('--timeout <seconds>', 'end the watch after so long')
    .option('--no-headers')
    .option(OUTPUT, FORMATS)
  const get = add(
    app,
    { name: 'get <name>', text: 'show one application' },
    async () => (await import('./app/get-app.js')).getApp,
  )
  namespaced(get)
    .option('--refresh', 'compare again first')
    .option('--hard-refresh', 'look into Git again, too')
    .option('--show-operation', 'show the last operation')
    .option(OUTPUT, `${FORMATS}, tree, tree=detailed`)
  const history = add(
    app,
    { name: 'history <name>', text: 'what was live when' },
    async () => (await import('./app/show-history.js')).showHistory,
  )
  namespaced(history).option(OUTPUT, FORMATS)
  const diff = add(
    app,
    {
      name: 'diff <name>',
      text: 'what differs between Git and the cluster; exit code 1 when something does',
    },
    async () => (await import('./app/diff-app.js')).diffApp,
  )
  toggle(namespaced(diff), 'exit-code', 'exit with 1 when something differs (default)')
    .option('--diff-exit-code <code>')
    .option('--refresh')
    .option('--hard-refresh')
    .option('--local <folder>', 'with the plain manifests of a folder instead of Git')
    .option('--revision <revision>', 'with a revision of the history instead of what Git has now')
    .option('--server-side-diff')
}

function addChanges(app: Command, add: AddCommand): void {
  const create = add(
    app,
    { name: 'create [name]', text: 'create an application' },
    async () => (await import('./app/create-app.js')).createApp,
  )
  specFlags(create)
  repeated(create, '-l, --label <pair>', 'label KEY=VALUE')
  repeated(create, '--annotations <pair>', 'annotation KEY=VALUE')
  create
    .option('-f, --file <file>', 'an Application manifest; - is standard input')
    .option('--upsert', 'change it when it exists')
    .option('--set-finalizer', 'taken for granted: a deletion cascades unless told otherwise')
    .option('--validate')
    .option('--no-validate')
    .option(OUTPUT, FORMATS)
  const set = add(
    app,
    { name: 'set <name>', text: 'change an application' },
    async () => (await import('./app/set-app.js')).setApp,
  )
  specFlags(set)
  const patch = add(
    app,
    { name: 'patch <name>', text: 'change parts of an application' },
    async () => (await import('./app/patch-app.js')).patchApp,
  )
  namespaced(patch)
    .option('--patch <patch>', 'JSON or YAML, of metadata and spec')
    .option('--type <type>', 'json (default) or merge')
  const remove = add(
    app,
    { name: 'delete [names...]', text: 'delete applications' },
    async () => (await import('./app/delete-apps.js')).deleteApps,
  )
  toggle(selection(remove), 'cascade', 'delete their objects, too (default)')
    .option('--propagation-policy <policy>', 'foreground, background or orphan')
    .option('-y, --yes', 'agree without being asked')
    .option('--wait', 'until it is gone')
}

function addUndoing(app: Command, add: AddCommand): void {
  const stop = add(
    app,
    { name: 'terminate-op <name>', text: 'stop the sync that runs; what was changed stays' },
    async () => (await import('./app/terminate-op.js')).terminateOp,
  )
  namespaced(stop)
  const confirmed = add(
    app,
    { name: 'confirm-deletion <name>', text: 'agree to the deletions for which its operation waits' },
    async () => (await import('./app/confirm-deletion.js')).confirmDeletion,
  )
  namespaced(confirmed)
  const rollback = add(
    app,
    { name: 'rollback <name> [id]', text: 'make an earlier deployment live again' },
    async () => (await import('./app/rollback-app.js')).rollbackApp,
  )
  namespaced(rollback)
    .option('--prune', 'delete what that deployment did not have')
    .option('--confirm-prune', 'agree to prunes that are held back for being large')
    .option('--dry-run', 'change nothing')
    .option('--async', 'do not wait')
    .option('--timeout <seconds>')
    .option(OUTPUT, FORMATS)
}

function addWork(app: Command, add: AddCommand): void {
  const sync = add(
    app,
    { name: 'sync [names...]', text: 'make the cluster equal to Git' },
    async () => (await import('./app/sync-apps.js')).syncApps,
  )
  repeated(selection(sync), '--resource <resource>', 'only [!]GROUP:KIND:[NAMESPACE/]NAME, * for any')
  repeated(sync, '--sync-option <option>', 'NAME=VALUE')
  sync
    .option('--prune', 'delete what is no longer declared')
    .option('--confirm-prune', 'agree to prunes that are held back for being large')
    .option('--dry-run', 'tell what would happen and try it on the server; change nothing')
    .option('--preview-changes', 'show what differs and ask first')
    .option('--force', 'delete and create again where a change is refused')
    .option('--replace')
    .option('--server-side')
    .option('--apply-out-of-sync-only')
    .option('--async', 'do not wait')
    .option('--timeout <seconds>')
    .option('--revision <revision>')
    .option('--local <path>')
    .option('--retry-limit <count>')
    .option('-y, --yes')
    .option(OUTPUT, FORMATS)
  const wait = add(
    app,
    { name: 'wait [names...]', text: 'until it is synced, healthy and no operation runs' },
    async () => (await import('./app/wait-apps.js')).waitApps,
  )
  selection(wait)
    .option('--sync')
    .option('--health')
    .option('--suspended')
    .option('--degraded')
    .option('--operation')
    .option('--delete')
    .option('--timeout <seconds>')
    .option(OUTPUT, FORMATS)
  const refresh = add(
    app,
    { name: 'refresh [names...]', text: 'compare again' },
    async () => (await import('./app/refresh-app.js')).refreshApps,
  )
  selection(refresh).option('--hard', 'look into Git again, too')
}

function namespaced(command: Command): Command {
  return command.option('-N, --app-namespace <namespace>', 'namespace of the declaration, default argocd')
}

function selection(command: Command): Command {
  repeated(namespaced(command), '-p, --project <project>', 'only of this project')
  return command.option('-l, --selector <selector>', 'only with these labels')
}

function specFlags(command: Command): void {
  namespaced(command)
    .option('--repo <url>')
    .option('--path <path>')
    .option('--revision <revision>', 'branch, tag or commit')
    .option('--helm-chart <chart>')
    .option('--project <project>')
    .option('--dest-server <url>')
    .option('--dest-name <name>')
    .option('--dest-namespace <namespace>')
    .option('--sync-policy <policy>', 'automated or none')
    .option('--sync-retry-limit <count>')
    .option('--sync-retry-backoff-duration <duration>')
    .option('--sync-retry-backoff-factor <factor>')
    .option('--sync-retry-backoff-max-duration <duration>')
    .option('--revision-history-limit <count>')
    .option('--directory-include <glob>')
    .option('--directory-exclude <glob>')
  toggle(command, 'directory-recurse', 'also the folders below')
  toggle(command, 'auto-prune', 'automated sync prunes')
  toggle(command, 'self-heal', 'automated sync undoes changes in the cluster')
  toggle(command, 'allow-empty', 'automated sync may delete everything')
  repeated(command, '--sync-option <option>', 'NAME=VALUE, !NAME removes it')
  repeated(command, '--helm-set <pair>', 'Helm parameter NAME=VALUE')
  repeated(command, '--helm-set-string <pair>', 'Helm parameter NAME=VALUE that is text')
  repeated(command, '--values <file>', 'Helm values file')
  repeated(command, '--kustomize-image <image>', 'OLD=NEW:TAG')
  repeated(command, '--plugin-env <pair>', 'NAME=VALUE for the plugin')
  command
    .option('--release-name <name>', 'Helm release name')
    .option('--nameprefix <text>', 'Kustomize prefix of names')
    .option('--namesuffix <text>', 'Kustomize suffix of names')
    .option('--config-management-plugin <name>', 'plugin that renders it')
}

function addSourceChanges(app: Command, add: AddCommand): void {
  const unset = add(
    app,
    { name: 'unset <name>', text: 'take away parameters of an application' },
    async () => (await import('./app/set-app.js')).unsetApp,
  )
  repeated(namespaced(unset), '--kustomize-image <image>', 'by its name')
  repeated(unset, '-p, --parameter <name>', 'Helm parameter')
  repeated(unset, '--values <file>', 'Helm values file')
  repeated(unset, '--plugin-env <name>', 'variable of the plugin')
  unset
    .option('--nameprefix')
    .option('--namesuffix')
    .option('--kustomize-namespace')
    .option('--kustomize-version')
    .option('--values-literal')
    .option('--ignore-missing-value-files')
    .option('--pass-credentials')
    .option('--ref')
    .option('--source-position <number>', 'of several sources, from 1')
  const edit = add(
    app,
    { name: 'edit <name>', text: 'change the spec in an editor' },
    async () => (await import('./app/edit-app.js')).editApp,
  )
  namespaced(edit)
  const addOne = add(
    app,
    { name: 'add-source <name>', text: 'add a source to an application' },
    async () => (await import('./app/change-sources.js')).addSource,
  )
  specFlags(addOne)
  addOne.option('--ref <name>', 'what other sources refer to it by')
  const removeOne = add(
    app,
    { name: 'remove-source <name>', text: 'remove a source from an application' },
    async () => (await import('./app/change-sources.js')).removeSource,
  )
  namespaced(removeOne).option('--source-position <number>', 'from 1').option('--source-name <name>')
}
