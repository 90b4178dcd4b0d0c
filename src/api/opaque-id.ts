import { AppError } from '../base/app-error.js'

export type NodeKind =
  | 'Application'
  | 'Project'
  | 'Repository'
  | 'CredentialTemplate'
  | 'Cluster'
  | 'Operation'
  | 'Token'
  | 'Session'
  | 'Account'

/** The id that goes out: `base64url(Type:uuid)`. */
export function opaqueId(kind: NodeKind, id: string): string {
  return Buffer.from(`${kind}:${id}`).toString('base64url')
}

/** The inner id; BAD_USER_INPUT when the text is no id of this kind. */
export function innerId(kind: NodeKind, id: string): string {
  const text = Buffer.from(id, 'base64url').toString()
  if (id.length > 200 || !text.startsWith(`${kind}:`)) {
    throw new AppError('BAD_USER_INPUT', `"${id.slice(0, 60)}" is not the id of a ${kind.toLowerCase()}.`)
  }
  return text.slice(kind.length + 1)
}

/** Cursors are opaque too: JSON of the sort key. */
export function toCursor(key: readonly string[]): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url')
}

export function fromCursor(cursor: string): readonly string[] {
  try {
    const key: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    if (Array.isArray(key) && key.every((part) => typeof part === 'string')) return key
  } catch {
    // falls through to the refusal
  }
  throw new AppError('BAD_USER_INPUT', 'The cursor "after" is not one of ours.')
}
