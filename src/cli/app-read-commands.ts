import type { Command } from 'commander'
import { repeated, type AddCommand } from './command-options.js'

/** `app …` that looks into clusters, with the flags of `argocd app`. */
export function addAppReadCommands(app: Command, add: AddCommand): void {
  addObjects(app, add)
  addReports(app, add)
}

function addObjects(app: Command, add: AddCommand): void {
  const manifests = add(
    app,
    { name: 'manifests <name>', text: 'the objects of an application as declared or as they run' },
    async () => (await import('./app/show-manifests.js')).showManifests,
  )
  named(manifests)
    .option('--source <source>', 'git or live, default git')
    .option('--revision <revision>', 'as of a revision of the history')
  const resources = add(
    app,
    { name: 'resources <name>', text: 'objects of an application and what came of them' },
    async () => (await import('./app/show-resources.js')).showResources,
  )
  named(resources)
    .option('-o, --output <format>', 'tree, tree=detailed, json, yaml or name')
    .option('--orphaned', 'what belongs to no application, where the project asks for it')
  const resource = add(
    app,
    { name: 'get-resource <name>', text: 'objects of an application as they are in the cluster' },
    async () => (await import('./app/get-resource.js')).getResource,
  )
  repeated(
    named(resource),
    '--filter-fields <fields>',
    'only these, comma between them: metadata.name,status',
  )
    .option('--kind <kind>')
    .option('--resource-name <name>', 'default: all of the kind')
    .option('--group <group>')
    .option('--namespace <namespace>')
    .option('--show-managed-fields')
    .option('-o, --output <format>', 'wide, json or yaml')
}

/** What objects and their containers say. */
function addReports(app: Command, add: AddCommand): void {
  const events = add(
    app,
    { name: 'events <name>', text: 'what Kubernetes and controllers report of its objects' },
    async () => (await import('./app/show-events.js')).showEvents,
  )
  named(events)
    .option('--kind <kind>')
    .option('--name <name>')
    .option('--group <group>')
    .option('--namespace <namespace>')
    .option('-o, --output <format>', 'wide, json, yaml or name')
  const logs = add(
    app,
    { name: 'logs <name>', text: 'what the containers of an application write' },
    async () => (await import('./app/show-logs.js')).showLogs,
  )
  named(logs)
    .option('-c, --container <container>')
    .option('-f, --follow', 'go on with what is written from now on')
    .option('-p, --previous', 'of the container before its last restart')
    .option('--tail <lines>', 'only the last lines of each container')
    .option('--since-seconds <seconds>')
    .option('--until-time <time>', 'RFC 3339')
    .option('--filter <text>', 'only lines with this; "!" before it inverts')
    .option('-m, --match-case')
    .option('--kind <kind>')
    .option('--name <name>', 'of the workload or Pod')
    .option('--group <group>')
    .option('--namespace <namespace>')
}

function named(command: Command): Command {
  return command.option('-N, --app-namespace <namespace>', 'namespace of the declaration, default argocd')
}
