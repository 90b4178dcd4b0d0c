import { AppError } from '../../base/app-error.js'
import type { ClusterIdentity } from '../cluster.js'
import { notDiscovery } from './catalog-builder.js'
import type { Answer } from './exchange.js'
import type { RequestSender } from './request-sender.js'

/** Reads version and uid of a cluster; a failure names its stage (DNS, connect, TLS, authentication, authorization). */
export async function readIdentity(sender: RequestSender, clusterId: string): Promise<ClusterIdentity> {
  const version = await read(sender, clusterId, '/version')
  const namespace = await read(sender, clusterId, '/api/v1/namespaces/kube-system')
  const { uid } = (namespace['metadata'] ?? {}) as { uid?: unknown }
  const { gitVersion } = version
  if (typeof uid !== 'string' || typeof gitVersion !== 'string') throw notDiscovery(clusterId, '/version')
  return { uid, version: gitVersion }
}

async function read(
  sender: RequestSender,
  clusterId: string,
  path: string,
): Promise<Readonly<Record<string, unknown>>> {
  const subject = { clusterId, action: `read ${path}`, write: false, secret: false }
  const answer = await sender.send({ method: 'GET', path, subject })
  if (answer.status !== 200) throw named(sender.failure(answer, subject), answer)
  try {
    const body: unknown = JSON.parse(answer.body)
    if (typeof body === 'object' && body !== null) return body as Record<string, unknown>
  } catch {
    // Said below.
  }
  throw notDiscovery(clusterId, path)
}

function named(error: AppError, answer: Answer): AppError {
  const stages: Readonly<Record<number, string>> = { 401: 'authentication', 403: 'authorization' }
  const stage = stages[answer.status]
  if (stage === undefined) return error
  return new AppError(error.code, error.message.replace('": ', `": ${stage}: `), {
    retry: error.retry,
    stage: error.stage,
  })
}
