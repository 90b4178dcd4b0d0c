import { AppError } from '../base/app-error.js'
import type { Settings } from '../settings/settings.js'
import { requireSchema, runMigrations } from '../store/postgres/run-migrations.js'
import { runRole } from './run-role.js'

/** Brings the database to the schema of this release and ends. Run it once per release, before its processes start. */
await runRole({
  name: 'migration',
  check: async (settings) => {
    await requireSchema(urlOf(settings), { permitOlder: true })
    return 'no newer release has changed the database'
  },
  start: async (settings, logger) => {
    const applied = await runMigrations(urlOf(settings), { logger })
    const says = applied.length === 0 ? 'The database is up to date.' : `Applied ${applied.join(', ')}.`
    return { says, stop: async () => undefined }
  },
})

function urlOf({ database }: Settings): string {
  if (database.url !== undefined) return database.url
  throw new AppError('BAD_USER_INPUT', 'Cannot migrate: database.url is not set.')
}
