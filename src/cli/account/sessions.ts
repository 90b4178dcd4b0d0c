import { CliError } from '../cli-error.js'
import type { CommandContext } from '../command-context.js'
import { printList } from '../output/print.js'

interface SessionView {
  readonly id: string
  readonly isCurrent: boolean
  readonly address: string | null
  readonly agent: string | null
  readonly createdAt: string
  readonly expiresAt: string
  readonly lastUsedAt: string | null
}

const SESSIONS = 'sessions { id isCurrent address agent createdAt expiresAt lastUsedAt }'
const END = `mutation($input: EndSessionsInput!) { endSessions(input: $input) { ended userErrors { code message } } }`

export async function listSessions(context: CommandContext): Promise<number> {
  const client = await context.client()
  const own = await client.ask<{ readonly viewer: { readonly username: string } }>('{ viewer { username } }')
  const { account } = await client.ask<{ readonly account: { readonly sessions: readonly SessionView[] } }>(
    `query($name: String!) { account(name: $name) { ${SESSIONS} } }`,
    { name: context.flags.text('account') ?? own.viewer.username },
  )
  await printList(context, account.sessions, {
    header: ['CURRENT', 'ID', 'FROM', 'BEGAN', 'LAST USED', 'PROGRAM'],
    row: (session) => [
      session.isCurrent ? '*' : '',
      session.id,
      session.address ?? '',
      session.createdAt,
      session.lastUsedAt ?? '',
      session.agent ?? '',
    ],
    name: (session) => session.id,
  })
  return 0
}

export async function endSessions(context: CommandContext): Promise<number> {
  const { args, flags, io } = context
  const [session] = args
  if ((session === undefined) !== flags.isOn('all')) {
    throw new CliError('name one session, or say --all', { hint: 'lockstep account sessions lists them' })
  }
  const client = await context.client()
  const input = { account: flags.text('account') ?? null, session: session ?? null }
  const { ended } = await client.change<{ readonly ended: number }>('endSessions', END, input)
  io.err(`${ended} ${ended === 1 ? 'session' : 'sessions'} ended\n`)
  return 0
}
