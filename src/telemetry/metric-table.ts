interface MetricFacts {
  readonly help: string
  readonly labels: readonly string[]
}

interface HistogramFacts extends MetricFacts {
  /** Upper bounds, seconds. */
  readonly buckets: readonly number[]
}

const FAST = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10]
const SLOW = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300]

/** What happens is counted where it happens, for as long as the process lives. */
export const COUNTERS = {
  lockstep_app_sync_total: {
    help: 'Operations that ended, by phase.',
    labels: ['project', 'phase', 'dry_run', 'automated'],
  },
  lockstep_app_sync_duration_seconds_total: {
    help: 'Seconds that ended operations took, from start to end.',
    labels: ['project'],
  },
  lockstep_operation_steps_total: {
    help: 'Steps of operations that were written to the step log, by kind.',
    labels: ['kind'],
  },
  lockstep_cluster_api_requests_total: {
    help: 'Requests to API servers, without watches. Code 0 = no answer.',
    labels: ['cluster', 'verb', 'code'],
  },
  lockstep_git_request_total: {
    help: 'Requests to Git servers.',
    labels: ['request_type', 'outcome'],
  },
  lockstep_render_total: {
    help: 'Renders that were made; those that were stored already are not among them.',
    labels: ['outcome'],
  },
  lockstep_scrape_errors_total: {
    help: 'Facts that could not be read for this page, or not in time.',
    labels: ['source'],
  },
} as const satisfies Record<string, MetricFacts>

export const HISTOGRAMS = {
  lockstep_app_reconcile: {
    help: 'Seconds of one run of the reconcile loop for one application.',
    labels: ['outcome'],
    buckets: FAST,
  },
  lockstep_git_request_duration_seconds: {
    help: 'Seconds of a request to a Git server.',
    labels: ['request_type'],
    buckets: SLOW,
  },
  lockstep_render_duration_seconds: {
    help: 'Seconds of a render.',
    labels: [],
    buckets: FAST,
  },
  lockstep_http_request_duration_seconds: {
    help: 'Seconds of an HTTP request to the gateway, by the route as it is declared.',
    labels: ['method', 'route', 'code'],
    buckets: FAST,
  },
  lockstep_graphql_duration_seconds: {
    help: 'Seconds of the execution of a GraphQL document, by its first root field.',
    labels: ['kind', 'field', 'outcome'],
    buckets: FAST,
  },
} as const satisfies Record<string, HistogramFacts>

/** What is the case is read when somebody asks, and kept nowhere. */
export const GAUGES = {
  lockstep_build_info: { help: '1; what runs here.', labels: ['role', 'node'] },
  lockstep_app_info: {
    help: '1 for each application; a status that is not fresh is Unknown. Read in one statement at the scrape.',
    labels: [
      'namespace',
      'name',
      'project',
      'repo',
      'dest_cluster',
      'dest_namespace',
      'sync_status',
      'health_status',
      'autosync_enabled',
      'operation',
    ],
  },
  lockstep_cluster_info: { help: '1 for each cluster.', labels: ['cluster', 'server', 'version'] },
  lockstep_cluster_connection_status: {
    help: '1 when its API server answered the last time, else 0.',
    labels: ['cluster'],
  },
  lockstep_cluster_heartbeat_age_seconds: {
    help: 'Seconds since the owner of the cluster saw it; absent when never.',
    labels: ['cluster'],
  },
  lockstep_cluster_watches: {
    help: 'Watches that this process has on the cluster, by whether they live.',
    labels: ['cluster', 'alive'],
  },
  lockstep_cluster_writes_paused: { help: '1 when its kill switch is on.', labels: ['cluster'] },
  lockstep_lease_epoch: {
    help: 'Epoch of the lease; it grows with each change of owner.',
    labels: ['kind', 'cluster'],
  },
  lockstep_leases: {
    help: 'Leases by whether somebody holds them.',
    labels: ['kind', 'held'],
  },
  lockstep_operations_active: { help: 'Operations that have not ended.', labels: ['phase'] },
  lockstep_outbox_pending: { help: 'Doorbells that were committed and not rung.', labels: [] },
  lockstep_outbox_lag_seconds: { help: 'Age of the oldest of them; 0 without any.', labels: [] },
  lockstep_queue_depth: { help: 'Keys in the queues of this process that wait or run.', labels: ['queue'] },
  lockstep_event_loop_lag_seconds: {
    help: 'How late the event loop of this process was at worst in the last ten seconds.',
    labels: [],
  },
} as const satisfies Record<string, MetricFacts>

export type CounterName = keyof typeof COUNTERS
export type HistogramName = keyof typeof HISTOGRAMS
export type GaugeName = keyof typeof GAUGES

type AllMetrics = typeof COUNTERS & typeof HISTOGRAMS & typeof GAUGES

/** One value for each label of the metric. */
export type LabelsOf<Name extends keyof AllMetrics> = Readonly<
  Record<AllMetrics[Name]['labels'][number], string>
>
