import type { Logger } from '../base/logger.js'
import type { Settings } from '../settings/settings.js'
import type { Stores } from '../store/stores.js'
import { EventLoopLag } from '../telemetry/event-loop-lag.js'
import { eventLoopCheck, Readiness, type HealthCheck } from '../telemetry/health.js'
import { startTelemetryServer, type TelemetryServer } from '../telemetry/http/telemetry-server.js'
import { noMetrics, type Metrics, type Sample } from '../telemetry/metrics.js'
import { PrometheusMetrics } from '../telemetry/prometheus/prometheus-metrics.js'
import { fleetSources } from './fleet-samples.js'
import { MeasuredOperations } from './measured-operations.js'

/** A part of this process that has a queue, and may have lost what it owns. */
export interface WatchedWorker {
  readonly name: string
  depth(): number
  /** Why its leases are not renewed, or undefined. */
  leases(): string | undefined
  /** Further facts of it. */
  samples?(): Promise<readonly Sample[]>
}

export interface Telemetry {
  readonly metrics: Metrics
  /** The stores, with what is counted of them. */
  measured(stores: Stores): Stores
  /** Serves /livez, /readyz and /metrics when `telemetry.port` is set; answers what the gateway's own /readyz asks. */
  serve(watched: {
    readonly stores: Stores
    readonly workers: readonly WatchedWorker[]
    /** Facts about the whole fleet come from the gateway only. */
    readonly fleet: boolean
  }): Promise<Serving>
}

export interface Serving {
  notReady(): Promise<string | undefined>
  close(): Promise<void>
}

/** Metrics and health of this process. Without `telemetry.port` nothing is counted. */
export function openTelemetry(role: string, settings: Settings, logger: Logger): Telemetry {
  const { host, port } = settings.telemetry
  const metrics = port === undefined ? noMetrics : new PrometheusMetrics()
  const lag = new EventLoopLag()
  return {
    metrics,
    measured: (stores) =>
      port === undefined
        ? stores
        : { ...stores, operations: new MeasuredOperations(stores.operations, metrics) },
    serve: async ({ stores, workers, fleet }) => {
      const readiness = new Readiness([
        databaseCheck(stores),
        eventLoopCheck(() => lag.seconds()),
        ...leaseChecks(workers),
      ])
      addSources(metrics, { role, lag, workers })
      if (fleet && stores.fleet !== undefined)
        for (const source of fleetSources(stores.fleet)) metrics.add(source)
      let server: TelemetryServer | undefined
      if (port !== undefined) {
        server = await startTelemetryServer({ host, port, metrics, readiness, logger })
        logger.info('Telemetry is served', { role, url: server.url })
      }
      return {
        notReady: () => readiness.notReady(),
        close: async () => {
          lag.close()
          await server?.close()
        },
      }
    },
  }
}

/** One question at a time: a database that is silent must not eat up the pool by being asked. */
function databaseCheck({ ping }: Stores): HealthCheck {
  let asked: Promise<string | undefined> | undefined
  const ask = async (): Promise<string | undefined> => {
    try {
      await ping?.()
      return undefined
    } catch {
      return 'database: it does not answer'
    } finally {
      asked = undefined
    }
  }
  return { name: 'database', reason: () => (asked ??= ask()) }
}

function leaseChecks(workers: readonly WatchedWorker[]): readonly HealthCheck[] {
  return workers.map((worker) => ({ name: worker.name, reason: async () => worker.leases() }))
}

interface Sources {
  readonly role: string
  readonly lag: EventLoopLag
  readonly workers: readonly WatchedWorker[]
}

function addSources(metrics: Metrics, { role, lag, workers }: Sources): void {
  for (const { name, samples } of workers) if (samples !== undefined) metrics.add({ name, samples })
  metrics.add({
    name: 'process',
    samples: async () => [
      { name: 'lockstep_build_info', labels: { role, node: process.version }, value: 1 },
      { name: 'lockstep_event_loop_lag_seconds', labels: {}, value: lag.seconds() },
      ...workers.map(({ name, depth }) => ({
        name: 'lockstep_queue_depth' as const,
        labels: { queue: name },
        value: depth(),
      })),
    ],
  })
}
