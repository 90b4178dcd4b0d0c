import type { CommandContext } from '../command-context.js'
import { printList } from '../output/print.js'
import { APP_LIST } from './app-table.js'
import { selectApps, type AppSelection } from './select-apps.js'
import { watchApps } from './watch-apps.js'

export async function listApps(context: CommandContext): Promise<number> {
  if (context.flags.isOn('watch')) return watchApps(context, selectionOf(context))
  const apps = await selectApps(await context.client(), selectionOf(context))
  await printList(context, apps, APP_LIST)
  return 0
}

/** The selection of `-p -l -r -c -N`. */
export function selectionOf({ flags }: CommandContext): AppSelection {
  const selector = flags.text('selector')
  const repo = flags.text('repo')
  const cluster = flags.text('cluster')
  const namespace = flags.text('appNamespace')
  return {
    projects: flags.list('project'),
    ...(selector !== undefined && { selector }),
    ...(repo !== undefined && { repo }),
    ...(cluster !== undefined && { cluster }),
    ...(namespace !== undefined && { namespace }),
  }
}
