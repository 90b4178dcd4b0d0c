import type { ApplicationFact, ClusterFact, FleetFacts } from '../store/fleet-facts.js'
import type { FactSource, Sample } from '../telemetry/metrics.js'

/** More than this belongs into a database, not into a page of metrics. */
const MOST_APPLICATIONS = 20_000
const MOST_CLUSTERS = 2_000

/** Facts about the whole fleet, from one statement each at the scrape; only one role of an installation adds them. */
export function fleetSources(fleet: FleetFacts): readonly FactSource[] {
  return [
    {
      name: 'applications',
      samples: async () => (await fleet.applications(MOST_APPLICATIONS)).map(ofApplication),
    },
    { name: 'clusters', samples: async () => (await fleet.clusters(MOST_CLUSTERS)).flatMap(ofCluster) },
    { name: 'backlog', samples: () => ofBacklog(fleet) },
  ]
}

function ofApplication(fact: ApplicationFact): Sample {
  return {
    name: 'lockstep_app_info',
    labels: {
      namespace: fact.namespace,
      name: fact.name,
      project: fact.project,
      // A URL with a credential is refused everywhere; should one be there, it does not get out here.
      repo: fact.repository.replace(/\/\/[^/@\s]+@/, '//'),
      dest_cluster: fact.cluster,
      dest_namespace: fact.destinationNamespace,
      sync_status: fact.sync,
      health_status: fact.health,
      autosync_enabled: String(fact.autoSync),
      operation: fact.busy ? 'running' : '',
    },
    value: 1,
  }
}

function ofCluster(fact: ClusterFact): readonly Sample[] {
  const labels = { cluster: fact.name }
  const info = { ...labels, server: fact.server, version: fact.version }
  return [
    { name: 'lockstep_cluster_info', labels: info, value: 1 },
    { name: 'lockstep_cluster_connection_status', labels, value: fact.connected ? 1 : 0 },
    { name: 'lockstep_cluster_writes_paused', labels, value: fact.writesPaused ? 1 : 0 },
    ...optional('lockstep_cluster_heartbeat_age_seconds', labels, fact.heartbeatAgeSeconds),
    ...optional('lockstep_lease_epoch', { kind: 'cluster', ...labels }, fact.epoch),
  ]
}

function optional(
  name: Sample['name'],
  labels: Sample['labels'],
  value: number | undefined,
): readonly Sample[] {
  return value === undefined ? [] : [{ name, labels, value } as Sample]
}

async function ofBacklog(fleet: FleetFacts): Promise<readonly Sample[]> {
  const { outboxPending, outboxLagSeconds, operations, leases } = await fleet.backlog()
  return [
    { name: 'lockstep_outbox_pending', labels: {}, value: outboxPending },
    { name: 'lockstep_outbox_lag_seconds', labels: {}, value: outboxLagSeconds },
    ...Object.entries(operations).map(([phase, value]): Sample => ({
      name: 'lockstep_operations_active',
      labels: { phase },
      value,
    })),
    ...leases.map(({ kind, held, count }): Sample => {
      return { name: 'lockstep_leases', labels: { kind, held: String(held) }, value: count }
    }),
  ]
}
