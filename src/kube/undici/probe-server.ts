import type { RequestSender } from './request-sender.js'

/** Who asks for readiness again in 15 s waits no longer. */
const PROBE_MS = 5_000

/** Failing checks that an error names. */
const NAMED = 3

/**
 * `/readyz` says whether the API server can answer, its storage included, and takes no seat of its flow control. Where a
 * policy hides it, `/version` at least proves an answer.
 */
export async function probeServer(sender: RequestSender, clusterId: string): Promise<void> {
  const subject = { clusterId, action: 'read /readyz', write: false, secret: false }
  const answer = await sender.send({ method: 'GET', path: '/readyz', subject, timeoutMs: PROBE_MS })
  if (answer.status === 200) return
  if (answer.status !== 403 && answer.status !== 404)
    throw sender.failure({ ...answer, body: failingChecks(answer.body) }, subject)
  const other = { ...subject, action: 'read /version' }
  await sender.sendOk({ method: 'GET', path: '/version', subject: other, timeoutMs: PROBE_MS })
}

/** One line for each check that the server makes; only what fails is news. */
function failingChecks(body: string): string {
  const failing = body
    .split('\n')
    .flatMap((line) => (line.startsWith('[-]') ? [line.slice('[-]'.length).split(' ', 1)[0] ?? ''] : []))
  if (failing.length === 0) return body
  const more = failing.length > NAMED ? ` and ${failing.length - NAMED} more` : ''
  return `it is not ready: ${failing.slice(0, NAMED).join(', ')}${more}`
}
