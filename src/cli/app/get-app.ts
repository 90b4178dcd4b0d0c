import type { CommandContext } from '../command-context.js'
import { documentText, unknownFormat } from '../output/print.js'
import { appDocument } from './app-document.js'
import { appSummary, operationSummary, resourceTable } from './app-table.js'
import { parseAppName, readApp, type AppView } from './app-view.js'
import { refreshAndRead } from './refresh-app.js'

export async function getApp(context: CommandContext): Promise<number> {
  const { flags, args, io } = context
  const client = await context.client()
  const name = parseAppName(args[0] ?? '', flags.text('appNamespace'))
  const hard = flags.isOn('hardRefresh')
  const app =
    hard || flags.isOn('refresh') ? await refreshAndRead(context, name, hard) : await readApp(client, name)
  const format = flags.text('output') ?? 'wide'
  if (format === 'name') io.out(`${app.namespace}/${app.name}\n`)
  else if (format === 'json' || format === 'yaml') io.out(await documentText(appDocument(app), format))
  else if (format !== 'wide' && format !== 'tree') throw unknownFormat(format)
  else io.out(wholeText(app, flags.isOn('showOperation')))
  return 0
}

function wholeText(app: AppView, withOperation: boolean): string {
  const parts = [appSummary(app)]
  if (withOperation && app.operation) parts.push(operationSummary(app))
  parts.push(resourceTable(app))
  return parts.join('\n')
}
