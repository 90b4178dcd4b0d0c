import { CliError } from '../cli-error.js'
import type { CommandContext } from '../command-context.js'
import type { ServerAddress } from '../graphql-client.js'
import { LiveBlock } from '../output/live-block.js'
import { table } from '../output/table.js'
import { ConnectionEnded, subscribe } from '../subscribe.js'
import { APP_LIST } from './app-table.js'
import type { AppView } from './app-view.js'
import { selectApps, type AppSelection } from './select-apps.js'

const LOOK_MS = 1_000
/** Read again without having been told: no event may be lost for longer. */
const NET_MS = 30_000
const QUERY =
  'subscription($filter: ApplicationChangesInput) { applicationChanged(filter: $filter) { id kind } }'

/**
 * `app list --watch`: the list, and again what changed, until Ctrl-C or `--timeout`. On a terminal the table is kept in
 * place; elsewhere each application that changed is a line, and one that went away a line that says so.
 */
export async function watchApps(context: CommandContext, selection: AppSelection): Promise<number> {
  const { io, flags } = context
  const format = flags.text('output') ?? ''
  if (format !== '' && format !== 'wide') {
    throw new CliError(`--watch prints a table, not ${format}`, { hint: 'leave -o away, or ask for -o wide' })
  }
  const client = await context.client()
  const over = new AbortController()
  const bell = listen(client.address, selection, over.signal)
  const view = viewOf(context, format === 'wide')
  const end = io.monotonic() + (flags.number('timeout') ?? Infinity) * 1000
  try {
    while (io.monotonic() < end) {
      bell.rung = false
      view(await selectApps(client, selection))
      const net = io.monotonic() + NET_MS
      while (!bell.rung && io.monotonic() < Math.min(net, end)) await io.sleep(LOOK_MS)
      if (bell.fault !== undefined) throw bell.fault
    }
  } finally {
    over.abort()
  }
  return 0
}

interface Bell {
  rung: boolean
  fault?: unknown
}

/** Rings with each change that the server tells. Asked for before the first look: nothing falls between the two. */
function listen(address: ServerAddress, { projects }: AppSelection, signal: AbortSignal): Bell {
  const bell: Bell = { rung: false }
  const [project, ...more] = projects
  const filter = project === undefined || more.length > 0 ? {} : { project }
  const document = { query: QUERY, variables: { filter } }
  void (async () => {
    try {
      while (!signal.aborted) await ringFor(bell, subscribe(address, document, signal))
    } catch (fault) {
      bell.fault = fault
    }
    bell.rung = true
  })()
  return bell
}

/** A connection that ended says nothing about what happened meanwhile: the bell rings, and another one is made. */
async function ringFor(bell: Bell, changes: AsyncIterable<unknown>): Promise<void> {
  try {
    for await (const _change of changes) bell.rung = true
  } catch (error) {
    if (!(error instanceof ConnectionEnded)) throw error
  }
  bell.rung = true
  await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
}

type ListView = (apps: readonly AppView[]) => void

function viewOf({ io, flags }: CommandContext, wide: boolean): ListView {
  const { header, wideHeader = [], wideRow } = APP_LIST
  const shown = wide ? [...header, ...wideHeader] : header
  const titles = flags.given('headers') === false ? [] : shown
  const rowOf = (app: AppView): readonly string[] =>
    wide ? [...APP_LIST.row(app), ...(wideRow?.(app) ?? [])] : APP_LIST.row(app)
  if (io.screen === undefined) return changesOf(io, titles, rowOf)
  const block = new LiveBlock(io.screen)
  return (apps) => block.show(table(titles, apps.map(rowOf)))
}

/** All at first, then only what is another than it was. */
function changesOf(
  io: CommandContext['io'],
  titles: readonly string[],
  rowOf: (app: AppView) => readonly string[],
): ListView {
  let before: ReadonlyMap<string, readonly string[]> | undefined
  return (apps) => {
    const rows = new Map(apps.map((app) => [APP_LIST.name(app), rowOf(app)] as const))
    const gone = [...(before?.keys() ?? [])].filter((name) => !rows.has(name))
    const changed = [...rows].flatMap(([name, row]) =>
      row.join('\n') === before?.get(name)?.join('\n') ? [] : [row],
    )
    io.out(table(before === undefined ? titles : [], [...changed, ...gone.map((name) => [name, 'deleted'])]))
    before = rows
  }
}
