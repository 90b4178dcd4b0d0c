import { hash, verify } from '@node-rs/argon2'
import { AppError } from '../../base/app-error.js'
import { PasswordHasher } from '../password-hasher.js'

/** OWASP's floor for argon2id: 19 MiB, two passes, one lane; about 50 ms away from the main thread. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }
/** Hashes that run side by side; more would let a flood of logins take all cores. */
const SIDE_BY_SIDE = 2
const MAX_WAITING = 50

/** argon2id in a bounded pool: a flood of logins waits or is refused, the rest of the API goes on. */
export class Argon2PasswordHasher extends PasswordHasher {
  private running = 0
  private readonly waiting: (() => void)[] = []

  hash(password: string): Promise<string> {
    return this.inTurn(() => hash(password.normalize('NFC'), COST))
  }

  verify(hashed: string, password: string): Promise<boolean> {
    return this.inTurn(() => verify(hashed, password.normalize('NFC')).catch(() => false))
  }

  private async inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.running >= SIDE_BY_SIDE) await this.turn()
    else this.running += 1
    try {
      return await work()
    } finally {
      const next = this.waiting.shift()
      if (next === undefined) this.running -= 1
      else next()
    }
  }

  private turn(): Promise<void> {
    if (this.waiting.length >= MAX_WAITING) {
      throw new AppError(
        'RATE_LIMITED',
        'Too many people are signing in at this moment. Try again in a few seconds.',
      )
    }
    return new Promise((resolve) => this.waiting.push(resolve))
  }
}
