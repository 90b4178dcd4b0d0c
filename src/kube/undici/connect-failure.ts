import { AppError } from '../../base/app-error.js'
import type { ConnectionStage } from '../../base/connection-stage.js'
import type { RequestSubject } from './to-app-error.js'

const DNS = new Set(['ENOTFOUND', 'EAI_AGAIN', 'EAI_FAIL', 'ENODATA'])
const CONNECT = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ETIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
])
const TLS = /CERT|^ERR_(SSL|TLS|OSSL)|^EPROTO$|UNABLE_TO_|SELF_SIGNED|HOSTNAME_MISMATCH|CRL_/
const SLOW = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'UND_ERR_ABORTED', 'ABORT_ERR'])

/** The code of a network error, or of the first error beneath it (happy eyeballs wraps several in one). */
export function networkCode(error: unknown): string {
  if (!(error instanceof Error)) return ''
  const { code } = error as Error & { code?: unknown }
  if (typeof code === 'string') return code
  const inner: unknown = error instanceof AggregateError ? error.errors[0] : error.cause
  return inner === undefined ? '' : networkCode(inner)
}

/** True when nothing of the request can have reached the server. */
export function failedBeforeSending(error: unknown): boolean {
  const code = networkCode(error)
  return DNS.has(code) || CONNECT.has(code) || TLS.test(code) || code === 'ERR_REFUSED_ADDRESS'
}

/** A request that got no answer: names the stage at which it failed and what to look at. */
export function toUnreachable(error: unknown, subject: RequestSubject): AppError {
  const code = networkCode(error)
  const reason = error instanceof Error && error.message !== '' ? error.message : code
  const { stage, text } = failureOf(code, reason)
  const slow = SLOW.has(code)
  const unknown = subject.write && !failedBeforeSending(error) ? ' Whether it took effect is unknown.' : ''
  const message = `Cannot ${subject.action} on cluster "${subject.clusterId}": ${text}${unknown}`
  return new AppError(slow && !subject.write ? 'TIMEOUT' : 'UPSTREAM_CLUSTER', message, {
    retry: 'backoff',
    cause: error,
    stage,
  })
}

function failureOf(code: string, reason: string): { readonly stage: ConnectionStage; readonly text: string } {
  if (code === 'ERR_REFUSED_ADDRESS') return { stage: 'ADDRESS', text: `${reason}.` }
  if (DNS.has(code))
    return {
      stage: 'DNS',
      text: `DNS: the name of the server cannot be resolved (${code}). Check its address.`,
    }
  if (CONNECT.has(code))
    return {
      stage: 'TCP',
      text: `connect: the server cannot be reached (${code}). Check address, port, network and firewall.`,
    }
  if (TLS.test(code))
    return {
      stage: 'TLS',
      text: `TLS: no trusted connection (${code}). Check the certificate authority and the server's name.`,
    }
  if (SLOW.has(code)) return { stage: 'SERVER', text: `no answer in time (${code}).` }
  return { stage: 'TCP', text: `the connection broke (${code === '' ? reason : code}).` }
}
