import type { CommandContext } from '../command-context.js'
import { parseAppName, readApp, type AppName, type SpecView } from './app-view.js'
import { specWithFlags } from './spec-flags.js'
import { specWithout } from './unset-flags.js'

const UPDATE = `mutation($input: UpdateApplicationInput!) { updateApplication(input: $input) {
  application { name } userErrors { code message } } }`

/** `app set NAME flags…`. */
export async function setApp(context: CommandContext): Promise<number> {
  return changeSpec(context, nameOf(context), (spec) => specWithFlags(spec, context.flags))
}

/** `app unset NAME flags…`: takes away what `app set` gave. */
export async function unsetApp(context: CommandContext): Promise<number> {
  return changeSpec(context, nameOf(context), (spec) => specWithout(spec, context.flags))
}

/** Reads, changes, writes; a change by somebody else in between is refused, not overwritten. */
export async function changeSpec(
  context: CommandContext,
  name: AppName,
  change: (spec: SpecView) => object | Promise<object>,
): Promise<number> {
  const client = await context.client()
  const app = await readApp(client, name)
  await client.change('updateApplication', UPDATE, {
    ...name,
    spec: await change(app.spec),
    generation: app.generation,
  })
  context.io.err(`application '${app.name}' changed\n`)
  return 0
}

function nameOf({ args, flags }: CommandContext): AppName {
  return parseAppName(args[0] ?? '', flags.text('appNamespace'))
}
