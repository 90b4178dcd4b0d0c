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

/**
 * `app wait NAME…`: returns at once when everything already is as wanted, says at once what it waits for otherwise, and
 * ends when waiting cannot help.
 */
export async function waitApps(context: CommandContext): Promise<number> {
  const { io } = context
  const client = await context.client()
  const wanted = wantedOf(context)
  const names = await namedApps(context, client)
  const begin = io.monotonic()
  let said = -Infinity
  for (;;) {
    const looks = await Promise.all(names.map((name) => look(client, name, wanted)))
    const blocked = looks.flatMap(({ blocker }) => blocker ?? [])
    if (blocked.length === 0) return finished(context, looks)
    refuseHopeless(looks)
    const now = io.monotonic()
    refuseLate(context, now - begin, blocked)
    if (now - said > TALK_MS) {
      io.err(`waiting for ${blocked.join('; ')}\n`)
      said = now
    }
    await io.sleep(POLL_MS)
  }
}

async function finished(context: CommandContext, looks: readonly Look[]): Promise<number> {
  const apps = looks.flatMap(({ app }) => app ?? [])
  await printList(context, apps, APP_LIST)
  return 0
}

/** Some blockers do not go away by themselves: a person must act, so waiting would never end. */
function refuseHopeless(looks: readonly Look[]): void {
  const hopeless = looks.flatMap(({ hopeless: reason }) => reason ?? [])
  if (hopeless.length === 0) return
  throw new CliError('waiting does not help: an application cannot become as wanted by itself', {
    reason: hopeless.join('; '),
    hint: 'correct what the condition names, then wait again',
  })
}

function refuseLate({ flags }: CommandContext, waitedMs: number, blocked: readonly string[]): void {
  const seconds = flags.number('timeout') ?? 0
  if (seconds <= 0 || waitedMs <= seconds * 1000) return
  throw new CliError(`timed out after ${seconds} s of waiting`, { reason: blocked.join('; ') })
}

interface Look {
  readonly app?: AppView
  /** What keeps it from being as wanted. */
  readonly blocker?: string
  /** Why that stays so until a person acts. */
  readonly hopeless?: string
}

async function look(client: GraphqlClient, name: AppName, wanted: Wanted): Promise<Look> {
  try {
    const app = await readApp(client, name)
    const blocker = blockerOf(app, wanted)
    if (blocker === undefined) return { app }
    const hopeless = hopelessOf(app)
    return { app, blocker, ...(hopeless !== undefined && { hopeless }) }
  } catch (error) {
    if (wanted.gone && error instanceof CliError && error.message.includes('does not exist')) return {}
    throw error
  }
}

/** What keeps the application from being as wanted, with its conditions; or undefined. */
export function blockerOf(app: AppView, wanted: Wanted): string | undefined {
  const blocker = plainBlocker(app, wanted)
  if (blocker === undefined) return undefined
  const conditions = (app.conditions ?? []).map(({ type, message }) => `${type}: ${message}`)
  const stale = app.staleReason ? [app.staleReason] : []
  return [`${app.name}: ${blocker}`, ...stale, ...conditions].join('; ')
}

function plainBlocker(app: AppView, wanted: Wanted): string | undefined {
  if (wanted.gone) return 'still exists'
  // A comparison of an older spec says nothing about this one.
  if (app.observedGeneration !== app.generation) return 'not compared since the last change'
  if (wanted.operation && isRunning(app)) return operationText(app)
  if (wanted.sync && app.sync !== 'SYNCED') return `${plainWord(app.sync)}${unsynced(app)}`
  return healthBlocker(app, healthsOf(wanted))
}

/**
 * The condition that only a person can end (what is declared is wrong: the cluster is not connected, the project is
 * gone), or undefined. Says nothing while an older spec was compared.
 */
export function hopelessOf(app: AppView): string | undefined {
  if (app.observedGeneration !== app.generation) return undefined
  const found = (app.conditions ?? []).find(({ type }) => type === 'InvalidSpecError')
  return found && `${app.name}: ${found.message}`
}

function healthBlocker(app: AppView, healths: readonly string[]): string | undefined {
  if (healths.length === 0 || healths.includes(app.health.status)) return undefined
  return `${plainWord(app.health.status)}${unhealthy(app)}`
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
