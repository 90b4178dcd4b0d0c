import type { CommandContext } from '../command-context.js'
import { documentText, isDocumentFormat } from '../output/print.js'

interface ViewerView {
  readonly username: string
  readonly kind: string
  readonly groups: readonly string[]
}

/** `account get-user-info`: who the server thinks you are. */
export async function showUser(context: CommandContext): Promise<number> {
  const client = await context.client()
  const { viewer } = await client.ask<{ readonly viewer: ViewerView | null }>(
    '{ viewer { username kind groups } }',
  )
  const format = context.flags.text('output') ?? ''
  if (isDocumentFormat(format)) {
    context.io.out(await documentText({ loggedIn: viewer !== null, ...viewer }, format))
  } else if (viewer === null) {
    context.io.out('Logged In: false\n')
  } else {
    context.io.out(`Logged In: true\nUsername: ${viewer.username}\nGroups: ${viewer.groups.join(',')}\n`)
  }
  return 0
}
