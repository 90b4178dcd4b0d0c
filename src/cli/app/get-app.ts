import type { CommandContext } from '../command-context.js'
import { documentText, unknownFormat } from '../output/print.js'
import { appDocument } from './app-document.js'
import { appSummary, operationSummary, resourceTable } from './app-table.js'
import { appTree } from './app-tree.js'
import { parseAppName, readApp, type AppView } from './app-view.js'
import { refreshAndRead } from './refresh-app.js'

export async function getApp(context: CommandContext): Promise<number> {
  const { flags, args, io } = context
  const client = await context.client()
  const name = parseAppName(args[0] ?? '', flags.text('appNamespace'))
  const hard = flags.isOn('hardRefresh')
  const app =
    hard || flags.isOn('refresh') ? await refreshAndRead(context, name, hard) : await readApp(client, name)
  io.out(await appText(context, app, flags.text('output') ?? 'wide'))
  return 0
}

async function appText(context: CommandContext, app: AppView, format: string): Promise<string> {
  const withOperation = context.flags.isOn('showOperation')
  switch (format) {
    case 'name':
      return `${app.namespace}/${app.name}\n`
    case 'json':
    case 'yaml':
      return documentText(appDocument(app), format)
    case 'wide':
      return wholeText(app, withOperation, resourceTable(app))
    case 'tree':
    case 'tree=detailed':
      return wholeText(app, withOperation, await appTree(context, app, format === 'tree=detailed'))
    default:
      throw unknownFormat(format)
  }
}

function wholeText(app: AppView, withOperation: boolean, resources: string): string {
  const parts = [appSummary(app)]
  if (withOperation && app.operation) parts.push(operationSummary(app))
  return [...parts, resources].join('\n')
}
