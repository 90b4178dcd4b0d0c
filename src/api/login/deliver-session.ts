import type { Session } from '../../login/complete-login.js'
import { sessionCookie } from '../credentials.js'
import type { RequestContext } from '../request-context.js'

/** The session in the answer for programs (`bearer`), else in a cookie that no script can read. */
export function deliverSession(
  { username, token, expiresAt }: Session,
  context: RequestContext,
  wish: { readonly bearer: boolean; readonly publicUrl: string; readonly sessionHours: number },
) {
  if (wish.bearer) return { username, token, expiresAt }
  context.reply?.header('set-cookie', sessionCookie(token, wish.publicUrl, wish.sessionHours * 3600))
  return { username, expiresAt }
}
