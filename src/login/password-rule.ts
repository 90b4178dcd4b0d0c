const MIN_PASSWORD_LENGTH = 12
/** Checked before hashing; far beyond any passphrase. */
export const MAX_PASSWORD_LENGTH = 256

/** Why a new password is refused, or undefined. Length is what counts; no rules about kinds of characters. */
export function refusePassword(password: string): string | undefined {
  if (password.length < MIN_PASSWORD_LENGTH) {
    return `the password is too short: use at least ${MIN_PASSWORD_LENGTH} characters, a sentence is fine`
  }
  if (password.length > MAX_PASSWORD_LENGTH) {
    return `the password is too long: use at most ${MAX_PASSWORD_LENGTH} characters`
  }
  if (new Set(password).size < 4) return 'the password repeats a few characters: choose another'
  return undefined
}
