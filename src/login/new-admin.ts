import type { UserRecord } from '../store/account-store.js'
import { ADMIN_USERNAME } from './verified-identity.js'

/** The account that may do everything, as every installation begins with it. */
export function newAdmin(id: string, createdAt: string): UserRecord {
  return { id, username: ADMIN_USERNAME, disabled: false, capabilities: ['login', 'apiKey'], createdAt }
}
