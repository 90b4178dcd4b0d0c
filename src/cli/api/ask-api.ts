import { readFile } from 'node:fs/promises'
import { CliError } from '../cli-error.js'
import type { CommandContext } from '../command-context.js'
import { documentText, isDocumentFormat } from '../output/print.js'

/**
 * `api [DOCUMENT]`: one GraphQL document, from the argument, `--file` or standard input (`-`), with variables of
 * `-F name=value`. Prints the `data` of the answer.
 */
export async function askApi(context: CommandContext): Promise<number> {
  const { flags, io } = context
  const format = flags.text('output') ?? 'json'
  if (!isDocumentFormat(format)) {
    throw new CliError(`the output format "${format}" does not exist`, {
      hint: '-o json, yaml or jsonpath=TEMPLATE',
    })
  }
  const document = await documentOf(context)
  const variables = await variablesOf(flags.list('field'), context)
  const client = await context.client()
  const answer = await client.ask<unknown>(document, variables)
  io.out(await documentText(answer, format))
  const errors = userErrorsIn(answer)
  if (errors.length === 0) return 0
  throw new CliError(errors.join('; '))
}

async function documentOf(context: CommandContext): Promise<string> {
  const { args, flags, io } = context
  const file = flags.text('file') ?? (args[0] === '-' ? '-' : undefined)
  const text = file === undefined ? args[0] : await textOf(file, io)
  if (text !== undefined && text.trim() !== '') return text
  throw new CliError('there is no document', {
    hint: `lockstep api '{ viewer { username } }', or --file QUERY.graphql`,
  })
}

async function textOf(file: string, io: CommandContext['io']): Promise<string> {
  if (file === '-') return io.stdin()
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw new CliError(`cannot read ${file}`, {
      reason: error instanceof Error ? error.message : String(error),
    })
  }
}

/** `name=3` is a number, `name=true` a boolean, `name={"a":1}` JSON, `name=@FILE` a file's text, all else text. */
async function variablesOf(
  fields: readonly string[],
  context: CommandContext,
): Promise<Readonly<Record<string, unknown>>> {
  const variables: Record<string, unknown> = {}
  for (const field of fields) {
    const at = field.indexOf('=')
    if (at < 1) throw new CliError(`"${field}" is not a variable`, { hint: '-F name=value' })
    variables[field.slice(0, at)] = await valueOf(field.slice(at + 1), context)
  }
  return variables
}

async function valueOf(text: string, context: CommandContext): Promise<unknown> {
  if (text.startsWith('@')) return textOf(text.slice(1), context.io)
  if (!/^(-?\d|true$|false$|null$|[[{])/.test(text)) return text
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** What the payloads of mutations refuse: a script must not take that for success. */
function userErrorsIn(answer: unknown): readonly string[] {
  if (answer === null || typeof answer !== 'object') return []
  return Object.values(answer).flatMap((payload: unknown) => {
    if (payload === null || typeof payload !== 'object' || !('userErrors' in payload)) return []
    return Array.isArray(payload.userErrors) ? payload.userErrors.map(messageOf) : []
  })
}

function messageOf(error: unknown): string {
  return error !== null && typeof error === 'object' && 'message' in error
    ? String(error.message)
    : String(JSON.stringify(error))
}
