import { Argon2PasswordHasher } from './argon2/argon2-password-hasher.js'
import { BcryptPasswordHasher } from './bcrypt/bcrypt-password-hasher.js'
import { ImportingHasher } from './importing-hasher.js'
import type { PasswordHasher } from './password-hasher.js'

/** The technology behind the contract of this folder. */
export function createPasswordHasher(): PasswordHasher {
  return new ImportingHasher(new Argon2PasswordHasher(), new BcryptPasswordHasher())
}
