import type { Command } from 'commander'
import type { AddCommand } from './command-options.js'

const OUTPUT = '-o, --output <format>'
const FORMATS = 'json, yaml, wide or name'

/** `repo …` and `repocreds …`. */
export function addRepositoryCommands(program: Command, add: AddCommand): void {
  addRepositories(program.command('repo').description('repositories'), add)
  addTemplates(program.command('repocreds').description('credentials for all repositories below a URL'), add)
}

function addRepositories(repo: Command, add: AddCommand): void {
  const load = () => import('./repo/repositories.js')
  addCredentialFlags(
    add(repo, { name: 'add <url>', text: 'connect a repository' }, async () => (await load()).addRepository),
  )
    .option('--name <name>')
    .option('--project <project>')
    .option('--type <type>', 'git')
    .option('--insecure-skip-server-verification')
    .option('--skip-check', 'save it even when it does not answer now')
    .option('--upsert', 'one that is connected becomes what is said here, its credential too')
  add(repo, { name: 'list', text: 'list repositories' }, async () => (await load()).listRepositories).option(
    OUTPUT,
    FORMATS,
  )
  add(
    repo,
    { name: 'get <url>', text: 'show one repository' },
    async () => (await import('./repo/get-repository.js')).getRepository,
  ).option(OUTPUT, FORMATS)
  add(
    repo,
    { name: 'rm <urls...>', text: 'disconnect repositories' },
    async () => (await load()).removeRepositories,
  )
}

function addTemplates(repocreds: Command, add: AddCommand): void {
  const load = () => import('./repo/credential-templates.js')
  addCredentialFlags(
    add(
      repocreds,
      { name: 'add <url>', text: 'give repositories below a URL a credential' },
      async () => (await load()).addCredentialTemplate,
    ),
  ).option('--upsert', 'give a URL that has one this credential')
  add(
    repocreds,
    { name: 'list', text: 'list the URLs that have credentials' },
    async () => (await load()).listCredentialTemplates,
  ).option(OUTPUT, FORMATS)
  add(
    repocreds,
    { name: 'rm <urls...>', text: 'forget credentials' },
    async () => (await load()).removeCredentialTemplates,
  ).option('-y, --yes', 'agree without being asked')
}

function addCredentialFlags(command: Command): Command {
  return command
    .option('--username <name>')
    .option('--password <password>')
    .option('--password-stdin', 'read the password from standard input')
}
