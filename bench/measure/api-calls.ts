import type { ClusterClient } from '../../test/cluster/cluster-client.js'

/** Requests of one user that the API server dispatched so far; each user of the test cluster has a flow schema. */
export async function callsOf(admin: ClusterClient, user: string): Promise<number> {
  const answer = await admin.expect({ path: '/metrics' })
  const text = String(answer['message'])
  const line = new RegExp(
    `^apiserver_flowcontrol_dispatched_requests_total\\{[^}]*flow_schema="${user}"[^}]*\\} (\\S+)`,
    'gm',
  )
  return [...text.matchAll(line)].reduce((sum, match) => sum + Number(match[1]), 0)
}
