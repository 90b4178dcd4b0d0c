/** Checked before hashing; far beyond any passphrase. */
export const MAX_PASSWORD_LENGTH = 256
const MIN_DIFFERENT = 4

/** Words that begin most of the passwords that get guessed; digits and signs around them do not help. */
const TRIED_FIRST =
  /^[\W\d_]*(password|passwort|passw0rd|p@ssw0rd|letmein|welcome|qwerty(uiop)?|asdfgh(jkl)?|iloveyou|changeme|administrator|admin|lockstep|argocd|kubernetes|default|secret|abcdefgh\w*|monkey|dragon|football)+[\W\d_]*$/i

/** What a new password must be; the pattern is a setting. */
export class PasswordRule {
  private readonly pattern: RegExp
  private readonly text: string

  /** `pattern` as in Argo CD's `passwordPattern`. Throws when it is no regular expression. */
  constructor(pattern: string) {
    this.pattern = new RegExp(pattern, 'su')
    this.text = pattern
  }

  /** Why a new password is refused, or undefined. */
  refuse(password: string, username: string): string | undefined {
    if (password.length > MAX_PASSWORD_LENGTH) {
      return `the password is too long: use at most ${MAX_PASSWORD_LENGTH} characters`
    }
    if (!this.pattern.test(password.normalize('NFC'))) return this.patternReason()
    if (new Set(password).size < MIN_DIFFERENT) return 'the password repeats a few characters: choose another'
    if (TRIED_FIRST.test(password) || withoutSigns(password) === withoutSigns(username)) {
      return 'the password is among those that are tried first: choose another, a sentence is fine'
    }
    return undefined
  }

  private patternReason(): string {
    const least = /^\^\.\{(\d+),\d*\}\$$/.exec(this.text)?.[1]
    if (least !== undefined) {
      return `the password needs at least ${least} characters, a sentence is fine (pattern ${this.text})`
    }
    return `the password must match the pattern ${this.text}`
  }
}

function withoutSigns(text: string): string {
  return text.toLowerCase().replace(/[\W\d_]/g, '')
}
