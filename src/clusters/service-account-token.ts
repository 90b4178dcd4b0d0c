/** Whose token it is, as its claims say; they are not verified, since the API server does that. */
export interface TokenAccount {
  readonly namespace: string
  readonly name: string
  /** The Secret that the token is kept in, for those that do not end by themselves. */
  readonly secret?: string
}

const SUBJECT = /^system:serviceaccount:([a-z0-9.-]{1,63}):([a-z0-9.-]{1,253})$/
const SECRET = 'kubernetes.io/serviceaccount/secret.name'

/** The ServiceAccount of a bearer token; undefined when it is another kind of token. */
export function tokenAccount(token: string): TokenAccount | undefined {
  const claims = claimsOf(token.split('.')[1] ?? '')
  const { sub, [SECRET]: secret } = claims
  const [, namespace, name] = SUBJECT.exec(typeof sub === 'string' ? sub : '') ?? []
  if (namespace === undefined || name === undefined) return undefined
  return { namespace, name, ...(typeof secret === 'string' && { secret }) }
}

function claimsOf(part: string): Readonly<Record<string, unknown>> {
  try {
    const claims: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'))
    return typeof claims === 'object' && claims !== null ? { ...claims } : {}
  } catch {
    return {}
  }
}
