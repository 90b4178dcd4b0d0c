import type { CommandContext } from '../command-context.js'
import { namedApps } from './named-apps.js'

const TERMINATE = `mutation($input: TerminateOperationInput!) { terminateOperation(input: $input) {
  operation { id } userErrors { code message } } }`

/** `app terminate-op NAME`: asks to stop the sync and returns; it ends after the step that is under way. */
export async function terminateOp(context: CommandContext): Promise<number> {
  const client = await context.client()
  for (const name of await namedApps(context, client)) {
    await client.change('terminateOperation', TERMINATE, { ...name })
    context.io.out(`Application '${name.name}' operation terminating\n`)
  }
  return 0
}
