import { hash, verify } from '@node-rs/argon2'
import { PasswordHasher } from '../password-hasher.js'

/** OWASP's floor for argon2id: 19 MiB, two passes, one lane; some 10 to 50 ms away from the main thread. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }
const CURRENT = '$argon2id$v=19$m=19456,t=2,p=1$'

/** argon2id over the NFC form, so that a password is the same from every keyboard. */
export class Argon2PasswordHasher extends PasswordHasher {
  hash(password: string): Promise<string> {
    return hash(password.normalize('NFC'), COST)
  }

  verify(hashed: string, password: string): Promise<boolean> {
    return verify(hashed, password.normalize('NFC')).catch(() => false)
  }

  isCurrent(hashed: string): boolean {
    return hashed.startsWith(CURRENT)
  }
}
