import { CliError } from '../cli-error.js'
import type { CommandContext } from '../command-context.js'
import type { ServerAddress } from '../graphql-client.js'
import { ConnectionEnded, subscribe } from '../subscribe.js'
import { parseAppName } from './app-view.js'
import { ToldLines, type Line } from './told-lines.js'

interface LogsAnswer {
  readonly logs: {
    readonly lines: readonly Line[]
    readonly userErrors: readonly { readonly message: string; readonly code: string }[]
  }
}

const QUERY = `subscription($input: LogsInput!) { logs(input: $input) {
  lines { pod container time text } userErrors { message code } } }`
/** The log went away, not the Pod: another worker takes the cluster over within seconds. */
const PASSING = ['UPSTREAM_CLUSTER', 'TIMEOUT']
const MOST_TRIES = 10
const PAUSE_MS = 1_000

/**
 * `app logs NAME`: the lines of all containers meant, each behind its Pod. What is followed goes on after a broken connection,
 * without gaps or doubles.
 */
export async function showLogs(context: CommandContext): Promise<number> {
  const { io, flags } = context
  const { address } = await context.client()
  const told = new ToldLines()
  for (let tries = 0; ; tries += 1) {
    const input = { ...inputOf(context), ...told.rest() }
    try {
      for await (const lines of linesOf(address, input)) {
        tries = 0
        io.out(
          told
            .fresh(lines)
            .map(({ pod, text }) => `${pod} ${text}\n`)
            .join(''),
        )
      }
      return 0
    } catch (error) {
      const isPassing = error instanceof LogBroken || error instanceof ConnectionEnded
      if (!isPassing || !flags.isOn('follow') || tries >= MOST_TRIES) throw error
      io.err(`${error.message} Going on in a moment.\n`)
      await io.sleep(PAUSE_MS)
    }
  }
}

function inputOf({ args, flags }: CommandContext) {
  return {
    ...parseAppName(args[0] ?? '', flags.text('appNamespace')),
    kind: flags.text('kind'),
    group: flags.text('group'),
    resourceName: flags.text('name'),
    resourceNamespace: flags.text('namespace'),
    container: flags.text('container'),
    follow: flags.isOn('follow'),
    previous: flags.isOn('previous'),
    tailLines: flags.number('tail'),
    sinceSeconds: flags.number('sinceSeconds'),
    untilTime: flags.text('untilTime'),
    filter: flags.text('filter'),
    matchCase: flags.isOn('matchCase'),
  }
}

class LogBroken extends CliError {}

async function* linesOf(address: ServerAddress, input: object): AsyncIterable<readonly Line[]> {
  for await (const { logs } of subscribe<LogsAnswer>(address, { query: QUERY, variables: { input } })) {
    const [error] = logs.userErrors
    if (error !== undefined && PASSING.includes(error.code)) throw new LogBroken(error.message)
    if (error !== undefined) throw new CliError(error.message)
    yield logs.lines
  }
}
