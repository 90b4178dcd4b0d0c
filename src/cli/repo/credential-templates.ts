import type { CommandContext } from '../command-context.js'
import { confirm } from '../confirm.js'
import { printList } from '../output/print.js'
import { passwordOf } from './password.js'

interface TemplateView {
  readonly url: string
  readonly username?: string | null
}

const ADD = `mutation($input: AddCredentialTemplateInput!) { addCredentialTemplate(input: $input) {
  credentialTemplate { url } userErrors { code message } } }`
const REMOVE = `mutation($input: RemoveCredentialTemplateInput!) { removeCredentialTemplate(input: $input) {
  userErrors { code message } } }`

/** `repocreds add URL`: for every repository below it that has no credential of its own. */
export async function addCredentialTemplate(context: CommandContext): Promise<number> {
  const { flags, io, args } = context
  const client = await context.client()
  await client.change('addCredentialTemplate', ADD, {
    url: args[0],
    username: flags.text('username') ?? null,
    password: (await passwordOf(context)) ?? '',
    ...(flags.isOn('upsert') && { upsert: true }),
  })
  io.err(`Repository credentials for '${args[0]}' added\n`)
  return 0
}

export async function listCredentialTemplates(context: CommandContext): Promise<number> {
  const client = await context.client()
  const answer = await client.ask<{ readonly credentialTemplates: readonly TemplateView[] }>(
    '{ credentialTemplates { url username createdAt } }',
  )
  await printList(context, answer.credentialTemplates, {
    header: ['URL PATTERN', 'USERNAME', 'SSH_CREDS', 'TLS_CREDS'],
    row: ({ url, username }) => [url, username ?? '-', 'false', 'false'],
    name: ({ url }) => url,
  })
  return 0
}

export async function removeCredentialTemplates(context: CommandContext): Promise<number> {
  const client = await context.client()
  for (const url of context.args) {
    const question = `Remove the credentials for "${url}"? Repositories below it that have none of their own are read without.`
    await confirm(context, question)
    await client.change('removeCredentialTemplate', REMOVE, { url })
    context.io.err(`Repository credentials for '${url}' removed\n`)
  }
  return 0
}
