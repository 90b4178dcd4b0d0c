import { CliError } from '../cli-error.js'
import type { CommandContext } from '../command-context.js'
import type { GraphqlClient } from '../graphql-client.js'
import { printList } from '../output/print.js'
import { APP_LIST } from './app-table.js'
import { plainWord, readApp, type AppName, type AppView } from './app-view.js'
import { namedApps } from './named-apps.js'

const POLL_MS = 1000
const TALK_MS = 10_000

/** What `app wait` waits for; several may hold at once. */
export interface Wanted {
  readonly sync: boolean
  readonly health: boolean
  readonly suspended: boolean
  readonly degraded: boolean
  readonly operation: boolean
  readonly gone: boolean
}

/** `app wait NAME…`: returns at once when everything already is as wanted. */
export async function waitApps(context: CommandContext): Promise<number> {
  const { io, flags } = context
  const client = await context.client()
  const wanted = wantedOf(context)
  const names = await namedApps(context, client)
  const patience = (flags.number('timeout') ?? 0) * 1000
  const begin = io.monotonic()
  let said = begin
  for (;;) {
    const looks = await Promise.all(names.map((name) => look(client, name, wanted)))
    const blocked = looks.flatMap(({ blocker }) => (blocker === undefined ? [] : [blocker]))
    if (blocked.length === 0) {
      await printList(
        context,
        looks.flatMap(({ app }) => (app === undefined ? [] : [app])),
        APP_LIST,
      )
      return 0
    }
    const now = io.monotonic()
    if (patience > 0 && now - begin > patience) {
      throw new CliError(
        `timed out (${flags.text('timeout')}s) waiting for ${names.map(({ name }) => name).join(', ')}`,
        {
          reason: blocked.join('; '),
        },
      )
    }
    if (now - said > TALK_MS) {
      io.err(`waiting for ${blocked.join('; ')}\n`)
      said = now
    }
    await io.sleep(POLL_MS)
  }
}

interface Look {
  readonly app?: AppView
  readonly blocker?: string
}

async function look(client: GraphqlClient, name: AppName, wanted: Wanted): Promise<Look> {
  try {
    const app = await readApp(client, name)
    const blocker = blockerOf(app, wanted)
    return blocker === undefined ? { app } : { app, blocker }
  } catch (error) {
    if (wanted.gone && error instanceof CliError && error.message.includes('does not exist')) return {}
    throw error
  }
}

/** What keeps the application from being as wanted, or undefined. */
export function blockerOf(app: AppView, wanted: Wanted): string | undefined {
  if (wanted.gone) return `${app.name}: still exists`
  // A comparison of an older spec says nothing about this one.
  if (app.observedGeneration !== app.generation) return `${app.name}: not compared since the last change`
  if (wanted.operation && isRunning(app)) return `${app.name}: ${operationText(app)}`
  if (wanted.sync && app.sync !== 'SYNCED') return `${app.name}: ${plainWord(app.sync)}${unsynced(app)}`
  return healthBlocker(app, healthsOf(wanted))
}

function healthBlocker(app: AppView, healths: readonly string[]): string | undefined {
  if (healths.length === 0 || healths.includes(app.health.status)) return undefined
  return `${app.name}: ${plainWord(app.health.status)}${unhealthy(app)}`
}

function healthsOf(wanted: Wanted): readonly string[] {
  return [
    ...(wanted.health ? ['HEALTHY'] : []),
    ...(wanted.suspended ? ['SUSPENDED'] : []),
    ...(wanted.degraded ? ['DEGRADED'] : []),
  ]
}

function isRunning(app: AppView): boolean {
  return app.operation?.phase === 'RUNNING' || app.operation?.phase === 'TERMINATING'
}

function operationText(app: AppView): string {
  return app.operation?.message ?? 'operation runs'
}

function unsynced(app: AppView): string {
  return listed((app.resources ?? []).filter((resource) => resource.status !== 'SYNCED'))
}

function unhealthy(app: AppView): string {
  return listed(
    (app.resources ?? []).filter((resource) => resource.health && resource.health.status !== 'HEALTHY'),
  )
}

function listed(resources: readonly { readonly kind: string; readonly name: string }[]): string {
  if (resources.length === 0) return ''
  const names = resources.slice(0, 5).map(({ kind, name }) => `${kind}/${name}`)
  return ` (${names.join(', ')}${resources.length > 5 ? ', …' : ''})`
}

function wantedOf({ flags }: CommandContext): Wanted {
  const given = {
    sync: flags.isOn('sync'),
    health: flags.isOn('health'),
    suspended: flags.isOn('suspended'),
    degraded: flags.isOn('degraded'),
    operation: flags.isOn('operation'),
    gone: flags.isOn('delete'),
  }
  if (Object.values(given).some((wanted) => wanted)) return given
  return { ...given, sync: true, health: true, operation: true }
}
