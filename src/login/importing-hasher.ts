import { isBcryptHash } from '../engine/login/bcrypt-hash.js'
import { PasswordHasher } from './password-hasher.js'

/** Hashes in today's way, and verifies what was imported too. */
export class ImportingHasher extends PasswordHasher {
  private readonly current: PasswordHasher
  private readonly imported: PasswordHasher

  constructor(current: PasswordHasher, imported: PasswordHasher) {
    super()
    this.current = current
    this.imported = imported
  }

  hash(password: string): Promise<string> {
    return this.current.hash(password)
  }

  verify(hash: string, password: string): Promise<boolean> {
    return (isBcryptHash(hash) ? this.imported : this.current).verify(hash, password)
  }

  isCurrent(hash: string): boolean {
    return this.current.isCurrent(hash)
  }
}
