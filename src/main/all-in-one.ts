import { runRole } from './run-role.js'
import { startAllInOne } from './start-all-in-one.js'

/** All roles in one process. Says where it listens, and the one-time link while nobody has set a password. */
await runRole({
  name: 'all-in-one',
  check: async () => undefined,
  start: async (settings, logger) => {
    const { url, link, stop } = await startAllInOne(settings, logger)
    const set = link === undefined ? '' : `\nSet the admin password (works once): ${link}`
    return { says: `Lockstep listens on ${url}${set}`, stop }
  },
})
