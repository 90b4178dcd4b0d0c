import { reasonOf } from '../base/app-error.js'
import { loadSettings } from '../settings/load-settings.js'
import { createPinoLogger } from '../telemetry/pino/pino-logger.js'
import { startAllInOne } from './start-all-in-one.js'

/** All roles in one process. Prints where it listens, and the one-time link while nobody has set a password. */
try {
  // oxlint-disable-next-line node/no-process-env -- the one place where the environment becomes settings
  const settings = loadSettings(process.env)
  const started = await startAllInOne(settings, createPinoLogger({ level: settings.log.level }))
  process.stdout.write(`Lockstep listens on ${started.url}\n`)
  if (started.link !== undefined)
    process.stdout.write(`Set the admin password (works once): ${started.link}\n`)
  endOnSignals(started.stop)
} catch (error) {
  process.stderr.write(`Error: ${reasonOf(error)}\n`)
  process.exit(20)
}

function endOnSignals(stop: () => Promise<void>): void {
  let stopping = false
  const end = (): void => {
    if (stopping) process.exit(1)
    stopping = true
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
