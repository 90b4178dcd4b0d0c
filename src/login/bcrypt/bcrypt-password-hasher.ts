import { compare, hash } from 'bcryptjs'
import { PasswordHasher } from '../password-hasher.js'

/** What Argo CD uses. */
const COST = 10

/** Hashes that come from Argo CD; a login replaces each by one of today's. */
export class BcryptPasswordHasher extends PasswordHasher {
  hash(password: string): Promise<string> {
    return hash(password, COST)
  }

  verify(hashed: string, password: string): Promise<boolean> {
    return compare(password, hashed).catch(() => false)
  }

  isCurrent(): boolean {
    return false
  }
}
