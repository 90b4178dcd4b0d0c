import { runRole } from './run-role.js'

/** The gateway alone: GraphQL, login, webhooks. Holds no credential that it could read. */
await runRole({
  name: 'gateway',
  check: async (settings) => (await import('./open-base.js')).checkBase('gateway', settings),
  start: async (settings, logger) => (await import('./start-gateway.js')).startGateway(settings, logger),
})
