import { CliError } from '../cli-error.js'
import type { CommandContext } from '../command-context.js'
import { parseAppName } from './app-view.js'

const PATCH = `mutation($input: PatchApplicationInput!) { patchApplication(input: $input) {
  application { name } userErrors { code message } } }`

/** `app patch NAME --patch … --type json|merge`: a JSON patch (default) or a merge patch of the declared application. */
export async function patchApp(context: CommandContext): Promise<number> {
  const { flags, io, args } = context
  const type = flags.text('type') ?? 'json'
  if (type !== 'json' && type !== 'merge') {
    throw new CliError(`the patch type "${type}" does not exist`, { hint: '--type json or merge' })
  }
  const client = await context.client()
  const name = parseAppName(args[0] ?? '', flags.text('appNamespace'))
  const patch = await parsed(flags.required('patch'))
  await client.change('patchApplication', PATCH, { ...name, type: type.toUpperCase(), patch })
  io.err(`application '${name.name}' patched\n`)
  return 0
}

/** JSON is YAML, too. */
async function parsed(text: string): Promise<unknown> {
  const { load } = await import('js-yaml')
  try {
    return load(text)
  } catch (error) {
    throw new CliError('--patch is neither JSON nor YAML', {
      reason: error instanceof Error ? error.message : String(error),
    })
  }
}
