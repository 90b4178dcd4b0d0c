import { runRole } from './run-role.js'

/** A source worker alone: polls, fetches, renders. Holds Git credentials and none of a cluster. */
await runRole({
  name: 'source-worker',
  check: async (settings) => (await import('./open-base.js')).checkBase('source-worker', settings),
  start: async (settings, logger) =>
    (await import('./start-source-worker.js')).startSourceWorker(settings, logger),
})
