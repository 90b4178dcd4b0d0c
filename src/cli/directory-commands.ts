import type { Command } from 'commander'
import { repeated, type AddCommand } from './command-options.js'
import { addProjectCommands } from './project-commands.js'
import { addRepositoryCommands } from './repository-commands.js'

const OUTPUT = '-o, --output <format>'
const FORMATS = 'json, yaml, wide or name'
const YES = '-y, --yes'

/** `proj …`, `repo …`, `repocreds …`, `cluster …`. */
export function addDirectoryCommands(program: Command, add: AddCommand): void {
  addProjects(program.command('proj').description('projects'), add)
  addRepositoryCommands(program, add)
  addClusters(program.command('cluster').description('clusters'), add)
}

function addProjects(proj: Command, add: AddCommand): void {
  const load = () => import('./proj/projects.js')
  addProjectCommands(proj, add)
  const create = add(
    proj,
    { name: 'create [name]', text: 'create a project' },
    async () => (await load()).createProject,
  )
  addSpecFlags(create)
  create
    .option('-f, --file <file>', 'an AppProject manifest; - is standard input')
    .option('--upsert', 'change it when it exists')
  addSpecFlags(
    add(proj, { name: 'set <project>', text: 'replace what flags name' }, async () =>
      (await import('./proj/project-edits.js')).projectEdit('set'),
    ),
  )
  add(proj, { name: 'list', text: 'list projects' }, async () => (await load()).listProjects).option(
    OUTPUT,
    FORMATS,
  )
  add(proj, { name: 'get <name>', text: 'show one project' }, async () => (await load()).getProject).option(
    OUTPUT,
    FORMATS,
  )
  add(
    proj,
    { name: 'delete <names...>', text: 'delete projects' },
    async () => (await load()).deleteProjects,
  ).option(YES)
}

/** What `proj create` starts with and `proj set` replaces. */
function addSpecFlags(command: Command): void {
  repeated(command, '-d, --dest <destination>', 'permitted destination SERVER,NAMESPACE')
  repeated(command, '-s, --src <url>', 'permitted repository')
  repeated(command, '--allow-cluster-resource <kind>', 'GROUP/KIND')
  repeated(command, '--deny-cluster-resource <kind>', 'GROUP/KIND')
  repeated(command, '--allow-namespaced-resource <kind>', 'GROUP/KIND')
  repeated(command, '--deny-namespaced-resource <kind>', 'GROUP/KIND')
  command.option('--description <text>')
}

function addClusters(cluster: Command, add: AddCommand): void {
  addClusterChanges(cluster, add)
  const load = () => import('./cluster/clusters.js')
  add(
    cluster,
    { name: 'pause [clusters...]', text: 'write nothing to clusters until they are resumed' },
    async () => (await load()).pauseClusters,
  ).option('--all', 'all clusters')
  add(
    cluster,
    { name: 'resume [clusters...]', text: 'permit writes again' },
    async () => (await load()).resumeClusters,
  ).option('--all', 'all clusters')
  add(
    cluster,
    { name: 'get <cluster>', text: 'show one cluster' },
    async () => (await import('./cluster/set-cluster.js')).getCluster,
  ).option(OUTPUT, FORMATS)
  const create = add(
    cluster,
    { name: 'add [context]', text: 'connect the cluster of a kubeconfig context' },
    async () => (await load()).addCluster,
  )
  repeated(create, '--namespace <namespace>', 'only this namespace')
  create
    .option('--kubeconfig <file>')
    .option('--name <name>')
    .option('--project <project>')
    .option('--upsert', 'give a cluster that is connected this credential')
    .option(YES, 'agree without being asked')
  add(cluster, { name: 'list', text: 'list clusters' }, async () => (await load()).listClusters).option(
    OUTPUT,
    FORMATS,
  )
  add(
    cluster,
    { name: 'rm <clusters...>', text: 'disconnect clusters' },
    async () => (await load()).removeClusters,
  )
    .option('--force', 'although applications are deployed to it')
    .option(YES, 'agree without being asked')
}

/** What changes a cluster that is connected. */
function addClusterChanges(cluster: Command, add: AddCommand): void {
  add(
    cluster,
    { name: 'rotate-auth <cluster>', text: 'give a cluster a new token of its ServiceAccount' },
    async () => (await import('./cluster/rotate-auth.js')).rotateAuth,
  )
  const set = add(
    cluster,
    { name: 'set <cluster>', text: 'change project, labels or annotations of a cluster' },
    async () => (await import('./cluster/set-cluster.js')).setCluster,
  ).option('--project <project>', 'only this project may use it; "" is every project')
  repeated(set, '--label <key=value>', 'instead of all that it has')
  repeated(set, '--annotation <key=value>', 'instead of all that it has')
}
