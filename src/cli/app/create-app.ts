import { randomUUID } from 'node:crypto'
import { CliError } from '../cli-error.js'
import type { CommandContext } from '../command-context.js'
import { readDocuments } from '../read-documents.js'
import { parseAppName } from './app-view.js'
import { specWithFlags } from './spec-flags.js'

const CREATE = `mutation($input: CreateApplicationInput!) { createApplication(input: $input) {
  application { namespace name } userErrors { code message } } }`

interface Wish {
  readonly name: string
  readonly namespace?: string
  readonly spec: object
  readonly labels?: object
  readonly annotations?: object
}

/** `app create NAME flags…` or `app create -f FILE` (flags win over the file). */
export async function createApp(context: CommandContext): Promise<number> {
  const client = await context.client()
  const wishes = await wishesOf(context)
  for (const wish of wishes) {
    const input = { ...wish, upsert: context.flags.isOn('upsert'), idempotencyKey: randomUUID() }
    const payload = await client.change<{
      readonly application: { readonly namespace: string; readonly name: string }
    }>('createApplication', CREATE, input)
    const { namespace, name } = payload.application
    context.io.out(
      context.flags.text('output') === 'name' ? `${namespace}/${name}\n` : `application '${name}' created\n`,
    )
  }
  return 0
}

async function wishesOf(context: CommandContext): Promise<readonly Wish[]> {
  const { flags, args, io } = context
  const file = flags.text('file')
  const labels = pairs(flags.list('label'))
  const annotations = pairs(flags.list('annotations'))
  const extra = { ...(labels && { labels }), ...(annotations && { annotations }) }
  if (file === undefined) {
    if (args[0] === undefined)
      throw new CliError('name the application', { hint: 'app create NAME --repo URL --path PATH …' })
    flags.required('repo')
    const base = { project: 'default', destination: {} }
    return [
      { ...parseAppName(args[0], flags.text('appNamespace')), spec: specWithFlags(base, flags), ...extra },
    ]
  }
  const documents = await readDocuments(file, io)
  const applications = documents.filter((document) => document.kind === 'Application')
  if (applications.length === 0) throw new CliError(`${file} holds no Application`)
  if (args[0] !== undefined && applications.length > 1) {
    throw new CliError(`${file} holds several Applications`, { hint: 'leave out the name' })
  }
  return applications.map(({ metadata, spec }) => ({
    name: args[0] ?? metadata.name,
    ...(metadata.namespace !== undefined && { namespace: metadata.namespace }),
    spec: specWithFlags({ project: 'default', ...spec }, flags),
    ...(metadata.labels && { labels: metadata.labels }),
    ...(metadata.annotations && { annotations: metadata.annotations }),
    ...extra,
  }))
}

function pairs(texts: readonly string[]): Readonly<Record<string, string>> | undefined {
  if (texts.length === 0) return undefined
  return Object.fromEntries(
    texts.map((text) => {
      const equals = text.indexOf('=')
      if (equals < 1) throw new CliError(`"${text}" is not KEY=VALUE`)
      return [text.slice(0, equals), text.slice(equals + 1)]
    }),
  )
}
