import type { CommandContext } from '../command-context.js'
import { parseAppName, readApp } from './app-view.js'
import { specWithFlags } from './spec-flags.js'

const UPDATE = `mutation($input: UpdateApplicationInput!) { updateApplication(input: $input) {
  application { name } userErrors { code message } } }`

/** `app set NAME flags…`: reads, changes, writes; a change by somebody else in between is refused, not overwritten. */
export async function setApp(context: CommandContext): Promise<number> {
  const client = await context.client()
  const name = parseAppName(context.args[0] ?? '', context.flags.text('appNamespace'))
  const app = await readApp(client, name)
  await client.change('updateApplication', UPDATE, {
    ...name,
    spec: specWithFlags(app.spec, context.flags),
    generation: app.generation,
  })
  context.io.err(`application '${app.name}' changed\n`)
  return 0
}
