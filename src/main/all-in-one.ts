import { requireSchema } from '../store/postgres/run-migrations.js'
import { runRole } from './run-role.js'
import { startAllInOne } from './start-all-in-one.js'

/** All roles in one process. Says where it listens, and the one-time link while nobody has set a password. */
await runRole({
  name: 'all-in-one',
  check: async ({ database }) => {
    if (database.url === undefined) return 'settings are in order; the database is its own'
    await requireSchema(database.url, { permitOlder: true })
    return 'settings are in order, and no newer release has changed the database'
  },
  start: async (settings, logger) => {
    const { url, link, stop } = await startAllInOne(settings, logger)
    const set = link === undefined ? '' : `\nSet the admin password (works once): ${link}`
    return { says: `Lockstep listens on ${url}${set}`, stop }
  },
})
