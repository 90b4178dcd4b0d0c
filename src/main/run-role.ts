import { parseArgs } from 'node:util'
import { reasonOf } from '../base/app-error.js'
import type { Logger } from '../base/logger.js'
import type { Settings } from '../settings/settings.js'
import { createPinoLogger } from '../telemetry/pino/pino-logger.js'
import { collectWhenQuiet } from './collect-when-quiet.js'
import { environmentSettings } from './environment-settings.js'

export interface RunningRole {
  /** One sentence for the person who started it. */
  readonly says: string
  /** Ends its work in good order and hands over what it owns. */
  stop(): Promise<void>
}

export interface Role {
  readonly name: string
  /** Proves that what it needs is there, and starts nothing; answers what was proven. */
  check(settings: Settings): Promise<string>
  start(settings: Settings, logger: Logger): Promise<RunningRole>
}

/** A worker is given this long to hand over; then whoever takes over waits for the leases to expire. */
const PATIENCE_MS = 60_000

/** The life of a process: settings, `--check`, start, end on signals. Exit codes: 20 when it cannot start, 1 when it ends badly. */
export async function runRole(role: Role): Promise<void> {
  try {
    const { values } = parseArgs({ options: { check: { type: 'boolean' }, config: { type: 'string' } } })
    const settings = environmentSettings(values.config)
    if (values.check === true) {
      process.stdout.write(`The ${role.name} can start: ${await role.check(settings)}.\n`)
      return
    }
    const running = await role.start(settings, createPinoLogger({ level: settings.log.level }))
    process.stdout.write(`${running.says}\n`)
    collectWhenQuiet()
    endOnSignals(running.stop)
  } catch (error) {
    process.stderr.write(`Error: ${reasonOf(error)}\n`)
    process.exit(20)
  }
}

/** A second signal, or a minute, ends it at once. */
export function endOnSignals(stop: () => Promise<void>): void {
  let stopping = false
  const end = (): void => {
    if (stopping) process.exit(1)
    stopping = true
    setTimeout(() => {
      process.stderr.write('Error: the work could not be handed over within 60 seconds.\n')
      process.exit(1)
    }, PATIENCE_MS).unref()
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`Error: ${reasonOf(error)}\n`)
        process.exit(1)
      },
    )
  }
  process.on('SIGTERM', end)
  process.on('SIGINT', end)
}
