import { AppError, type ErrorCode, type Retry } from '../../base/app-error.js'
import type { ConnectionStage } from '../../base/connection-stage.js'

/** What a request was about, for error messages: "apply ConfigMap "a" in namespace "b"". */
export interface RequestSubject {
  readonly clusterId: string
  readonly action: string
  /** A write's outcome is unknown after a timeout or a 5xx. */
  readonly write: boolean
  /** The server's texts about a Secret may quote its values. */
  readonly secret: boolean
}

export interface FailedResponse {
  readonly status: number
  readonly body: string
  readonly retryAfterSeconds?: number
}

interface StatusBody {
  readonly message?: string
  readonly reason?: string
  readonly details?: {
    readonly retryAfterSeconds?: number
    readonly causes?: ReadonlyArray<{ readonly field?: string; readonly reason?: string }>
  }
}

const LONGEST = 2000

const BY_STATUS: Readonly<Record<number, Verdict>> = {
  401: { code: 'UNAUTHENTICATED', retry: 'backoff' },
  404: { code: 'NOT_FOUND', retry: 'backoff' },
  408: { code: 'TIMEOUT', retry: 'backoff' },
  409: { code: 'CONFLICT', retry: 'backoff' },
  410: { code: 'CONFLICT', retry: 'backoff' },
}

/** Server-side apply answers a malformed object with 500; nothing was written, and it will not do so next time. */
const REFUSED_AS_500 =
  /^failed to (create typed|convert|create manager)|illegal base64 data|cannot unmarshal|unable to convert/

/** A JSON patch whose `test` failed, or whose path is not there (any more): the object is not what was believed. */
const PATCH_FAILED = /^the server rejected our request due to an error in our request/

/** Parts of a text about a Secret that hold no value. */
const HARMLESS = [
  /(illegal base64 data at input byte \d+)/,
  /: (\.[\w.\-[\]]{1,200}: (?:field not declared in schema|expected \w+))/,
]

/** What the server quotes of a field whose name says that its value is a secret. */
const SECRET_FIELD =
  /((?:password|passwd|passphrase|secret|token|credential|api[-_]?key|private[-_]?key)[\w.\-[\]"']{0,200}: (?:Invalid|Unsupported|Duplicate) value: )(?:"(?:[^"\\]|\\.)*"|[^":]+)/gi
/** Server-side apply prints whole objects as it has them in memory, also around a fault in a harmless field. */
const PRINTED_OBJECT = /, (got|actual) &.*$/s

function withoutSecretValues(message: string): string {
  return message.replace(PRINTED_OBJECT, ', $1 something else').replaceAll(SECRET_FIELD, '$1(hidden)')
}

/** Turns an answer that is not 2xx into the error of the contract. */
export function toAppError(response: FailedResponse, subject: RequestSubject): AppError {
  const status = parseStatus(response.body)
  const said = subject.secret ? reduced(status, response.status) : textOf(status, response)
  const { code, retry } = classify(response, status?.message ?? '', subject)
  const unknown = subject.write && code === 'UPSTREAM_CLUSTER' ? ' Whether it took effect is unknown.' : ''
  const message = `Cannot ${subject.action} on cluster "${subject.clusterId}": ${said}${unknown}${advice(code)}`
  return new AppError(code, message, { retry, stage: stageOf(response.status, code) })
}

/** Seconds of a Retry-After header or, failing that, of the body; undefined when the server named none. */
export function retryAfterOf(header: string | undefined, body: string): number | undefined {
  const seconds = header === undefined ? parseStatus(body)?.details?.retryAfterSeconds : Number(header)
  if (seconds !== undefined && Number.isFinite(seconds)) return Math.min(Math.max(seconds, 0), 300)
  return undefined
}

function parseStatus(body: string): StatusBody | undefined {
  if (!body.startsWith('{')) return undefined
  try {
    const parsed = JSON.parse(body) as StatusBody & { kind?: string }
    return parsed.kind === 'Status' ? parsed : undefined
  } catch {
    return undefined
  }
}

function textOf(status: StatusBody | undefined, response: FailedResponse): string {
  if (status?.message !== undefined) return sentence(withoutSecretValues(status.message))
  if (response.status >= 300 && response.status < 400)
    return `it answered with a redirect (${response.status}), so the address is not that of an API server.`
  const isHtml = /^\s*</.test(response.body)
  const text = isHtml ? 'an HTML page, so something else than an API server answered' : response.body.trim()
  return sentence(`HTTP ${response.status}${text === '' ? '' : `: ${text}`}`)
}

/** Field names only: the texts of the server quote what was sent. */
function reduced(status: StatusBody | undefined, code: number): string {
  const message = status?.message ?? ''
  const fields = (status?.details?.causes ?? []).flatMap(({ field = '', reason }) =>
    /^[\w.\-/[\]]{1,200}$/.test(field) ? [`${field} (${plainWord(reason)})`] : [],
  )
  const harmless = HARMLESS.flatMap((pattern) => pattern.exec(message)?.[1] ?? [])
  const details = [...fields, ...harmless].map((text) => `: ${text}`).join('')
  return `HTTP ${code} ${plainWord(status?.reason)}${details}. The rest of the answer is hidden because it may quote the Secret.`
}

function plainWord(text: string | undefined): string {
  return text !== undefined && /^[A-Za-z]{1,60}$/.test(text) ? text : 'refused'
}

function sentence(text: string): string {
  const cut = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text
  return /[.!?…]$/.test(cut) ? cut : `${cut}.`
}

/** Which step of a connection an answer shows to be wrong; none where the object is at fault. */
function stageOf(status: number, code: ErrorCode): ConnectionStage | undefined {
  if (code === 'UNAUTHENTICATED') return 'AUTHENTICATION'
  if (code === 'FORBIDDEN') return 'AUTHORIZATION'
  if (status >= 300 && status < 400) return 'PROTOCOL'
  return status >= 500 || code === 'RATE_LIMITED' || code === 'TIMEOUT' ? 'SERVER' : undefined
}

interface Verdict {
  readonly code: ErrorCode
  readonly retry: Retry
}

type Rule = (response: FailedResponse, message: string, subject: RequestSubject) => Verdict | undefined

/** The first that knows the answer decides. */
const RULES: readonly Rule[] = [
  ({ status }) => BY_STATUS[status],
  ({ status, retryAfterSeconds: afterSeconds = 1 }) =>
    status === 429 ? { code: 'RATE_LIMITED', retry: { afterSeconds } } : undefined,
  ({ status }, message) => (status === 403 ? refusal(message) : undefined),
  ({ status }, message) =>
    status === 422 && PATCH_FAILED.test(message) ? { code: 'CONFLICT', retry: 'backoff' } : undefined,
  ({ status }, message) =>
    (status >= 400 && status < 500) || (status === 500 && REFUSED_AS_500.test(message))
      ? { code: 'BAD_USER_INPUT', retry: 'never' }
      : undefined,
  ({ status }, _, { write }) =>
    status === 504 && !write ? { code: 'TIMEOUT', retry: 'backoff' } : undefined,
]

function classify(response: FailedResponse, message: string, subject: RequestSubject): Verdict {
  for (const rule of RULES) {
    const verdict = rule(response, message, subject)
    if (verdict !== undefined) return verdict
  }
  const after = response.retryAfterSeconds
  return { code: 'UPSTREAM_CLUSTER', retry: after === undefined ? 'backoff' : { afterSeconds: after } }
}

/** 403 is RBAC, or admission (webhook, policy, quota, Pod security): then the object is at fault, not the account. */
function refusal(message: string): Verdict {
  if (message === '' || /(^| is )forbidden: User "/i.test(message))
    return { code: 'FORBIDDEN', retry: 'backoff' }
  const passing = message.includes('exceeded quota') || message.includes('being terminated')
  return { code: 'BAD_USER_INPUT', retry: passing ? 'backoff' : 'never' }
}

function advice(code: ErrorCode): string {
  if (code === 'UNAUTHENTICATED')
    return ' The credentials are not accepted: connect the cluster again with new ones.'
  if (code === 'FORBIDDEN') return ' Grant this to the account Lockstep uses there.'
  return ''
}
