import { CliError } from '../cli-error.js'
import type { CommandContext } from '../command-context.js'
import { subscribe } from '../subscribe.js'
import { parseAppName } from './app-view.js'

interface LogsAnswer {
  readonly logs: {
    readonly lines: readonly { readonly pod: string; readonly text: string }[]
    readonly userErrors: readonly { readonly message: string }[]
  }
}

const QUERY =
  'subscription($input: LogsInput!) { logs(input: $input) { lines { pod text } userErrors { message } } }'

/** `app logs NAME`: the lines of all containers meant, each behind its Pod when there are several. */
export async function showLogs({ args, flags, io, client }: CommandContext): Promise<number> {
  const input = {
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
  const { address } = await client()
  for await (const { logs } of subscribe<LogsAnswer>(address, { query: QUERY, variables: { input } })) {
    const [error] = logs.userErrors
    if (error !== undefined) throw new CliError(error.message)
    io.out(logs.lines.map(({ pod, text }) => `${pod} ${text}\n`).join(''))
  }
  return 0
}
