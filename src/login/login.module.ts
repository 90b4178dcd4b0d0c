import { Argon2PasswordHasher } from './argon2/argon2-password-hasher.js'
import type { PasswordHasher } from './password-hasher.js'

/** The technology behind the contract of this folder. */
export function createPasswordHasher(): PasswordHasher {
  return new Argon2PasswordHasher()
}
