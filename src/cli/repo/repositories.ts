import { CliError } from '../cli-error.js'
import type { CommandContext } from '../command-context.js'
import {
  CONNECTION_FIELDS,
  CONNECTION_WIDE_HEADER,
  connectionWideRow,
  type ConnectionView,
} from '../output/connection.js'
import { printList } from '../output/print.js'
import { passwordOf } from './password.js'

export interface RepositoryView {
  readonly url: string
  readonly name?: string | null
  readonly project?: string | null
  readonly username?: string | null
  readonly hasPassword: boolean
  readonly inheritsCredential: boolean
  readonly insecureTls: boolean
  readonly connection: ConnectionView
}

export const REPOSITORY_FIELDS = `url name project username hasPassword inheritsCredential insecureTls ${CONNECTION_FIELDS}`
const ADD = `mutation($input: AddRepositoryInput!) { addRepository(input: $input) {
  repository { url } userErrors { code message } } }`
const REMOVE = `mutation($input: RemoveRepositoryInput!) { removeRepository(input: $input) {
  userErrors { code message } } }`

/** `repo add URL`: the password comes from a flag, the environment or standard input. */
export async function addRepository(context: CommandContext): Promise<number> {
  const { flags, io, args } = context
  const client = await context.client()
  const type = flags.text('type') ?? 'git'
  if (type !== 'git')
    throw new CliError(`repositories of type "${type}" are not supported yet`, { hint: '--type git' })
  const password = await passwordOf(context)
  await client.change('addRepository', ADD, {
    url: args[0],
    name: flags.text('name') ?? null,
    project: flags.text('project') ?? null,
    username: flags.text('username') ?? null,
    password: password ?? null,
    insecureTls: flags.isOn('insecureSkipServerVerification'),
    skipCheck: flags.isOn('skipCheck'),
    ...(flags.isOn('upsert') && { upsert: true }),
  })
  io.err(`Repository '${args[0]}' added\n`)
  return 0
}

export async function listRepositories(context: CommandContext): Promise<number> {
  const client = await context.client()
  const answer = await client.ask<{ readonly repositories: readonly RepositoryView[] }>(
    `{ repositories { ${REPOSITORY_FIELDS} } }`,
  )
  await printList(context, answer.repositories, {
    header: ['TYPE', 'NAME', 'REPO', 'INSECURE', 'OCI', 'LFS', 'CREDS', 'STATUS', 'MESSAGE', 'PROJECT'],
    row: (repository) => [
      'git',
      repository.name ?? '',
      repository.url,
      String(repository.insecureTls),
      'false',
      'false',
      credentialWord(repository),
      repository.connection.status,
      repository.connection.message,
      repository.project ?? '',
    ],
    wideHeader: CONNECTION_WIDE_HEADER,
    wideRow: ({ connection }) => connectionWideRow(connection),
    name: (repository) => repository.url,
  })
  return 0
}

export async function removeRepositories(context: CommandContext): Promise<number> {
  const client = await context.client()
  for (const url of context.args) {
    await client.change('removeRepository', REMOVE, { url })
    context.io.err(`Repository '${url}' removed\n`)
  }
  return 0
}

/** As in Argo CD: `inherited` is the credential of a template. */
export function credentialWord({
  username,
  hasPassword,
  inheritsCredential,
}: Pick<RepositoryView, 'username' | 'hasPassword' | 'inheritsCredential'>): string {
  if (inheritsCredential) return 'inherited'
  return String(hasPassword || (username ?? '') !== '')
}
