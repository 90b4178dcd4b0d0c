import { CliError } from '../cli-error.js'
import type { CommandContext } from '../command-context.js'
import type { GraphqlClient } from '../graphql-client.js'
import { parseAppName, type AppName } from './app-view.js'
import { selectionOf } from './list-apps.js'
import { selectApps } from './select-apps.js'

/** The applications that a command is about: the names given, or all that fit `-l` (and `-p`). */
export async function namedApps(context: CommandContext, client: GraphqlClient): Promise<readonly AppName[]> {
  const { args, flags } = context
  if (args.length > 0) return args.map((text) => parseAppName(text, flags.text('appNamespace')))
  if (flags.text('selector') === undefined && flags.list('project').length === 0) {
    throw new CliError('name an application', { hint: 'give its name, or choose by label with -l' })
  }
  const found = await selectApps(client, selectionOf(context))
  if (found.length === 0) throw new CliError('no application fits the selector')
  return found.map(({ name, namespace }) => ({ name, namespace }))
}

/** The same as a choice that the server makes: one for each project. */
export function choicesOf({ args, flags }: CommandContext): readonly object[] {
  const appNamespace = flags.text('appNamespace')
  if (args.length > 0) return [{ names: args.map((text) => parseAppName(text, appNamespace)) }]
  const selector = flags.text('selector')
  const projects = flags.list('project')
  if (selector === undefined && projects.length === 0) {
    throw new CliError('name an application', { hint: 'give its name, or choose by label with -l' })
  }
  const wish = {
    ...(selector !== undefined && { selector }),
    ...(appNamespace !== undefined && { appNamespace }),
  }
  if (projects.length === 0) return [{ filter: wish }]
  return projects.map((project) => ({ filter: { ...wish, project } }))
}
