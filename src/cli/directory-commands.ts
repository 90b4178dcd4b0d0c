import type { Command } from 'commander'
import { repeated, type AddCommand } from './command-options.js'

const OUTPUT = '-o, --output <format>'
const FORMATS = 'json, yaml, wide or name'
const YES = '-y, --yes'

/** `proj …`, `repo …`, `cluster …`. */
export function addDirectoryCommands(program: Command, add: AddCommand): void {
  addProjects(program.command('proj').description('projects'), add)
  addRepositories(program.command('repo').description('repositories'), add)
  addClusters(program.command('cluster').description('clusters'), add)
}

function addProjects(proj: Command, add: AddCommand): void {
  const load = () => import('./proj/projects.js')
  const create = add(
    proj,
    { name: 'create [name]', text: 'create a project' },
    async () => (await load()).createProject,
  )
  repeated(create, '-d, --dest <destination>', 'permitted destination SERVER,NAMESPACE')
  repeated(create, '-s, --src <url>', 'permitted repository')
  repeated(create, '--allow-cluster-resource <kind>', 'GROUP/KIND')
  repeated(create, '--deny-cluster-resource <kind>', 'GROUP/KIND')
  repeated(create, '--allow-namespaced-resource <kind>', 'GROUP/KIND')
  repeated(create, '--deny-namespaced-resource <kind>', 'GROUP/KIND')
  create
    .option('--description <text>')
    .option('-f, --file <file>', 'an AppProject manifest; - is standard input')
    .option('--upsert', 'change it when it exists')
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

function addRepositories(repo: Command, add: AddCommand): void {
  const load = () => import('./repo/repositories.js')
  add(repo, { name: 'add <url>', text: 'connect a repository' }, async () => (await load()).addRepository)
    .option('--username <name>')
    .option('--password <password>')
    .option('--password-stdin', 'read the password from standard input')
    .option('--name <name>')
    .option('--project <project>')
    .option('--type <type>', 'git')
    .option('--insecure-skip-server-verification')
    .option('--skip-check', 'save it even when it does not answer now')
  add(repo, { name: 'list', text: 'list repositories' }, async () => (await load()).listRepositories).option(
    OUTPUT,
    FORMATS,
  )
  add(
    repo,
    { name: 'rm <urls...>', text: 'disconnect repositories' },
    async () => (await load()).removeRepositories,
  )
}

function addClusters(cluster: Command, add: AddCommand): void {
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
