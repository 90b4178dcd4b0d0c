import { runRole } from './run-role.js'

/** A cluster worker alone: compares, syncs, looks into its clusters. Holds cluster credentials and none of Git. */
await runRole({
  name: 'cluster-worker',
  check: async (settings) => (await import('./open-base.js')).checkBase('cluster-worker', settings),
  start: async (settings, logger) =>
    (await import('./start-cluster-worker.js')).startClusterWorker(settings, logger),
})
