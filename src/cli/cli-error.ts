/** What Argo CD answers for every error; scripts depend on it. */
export const EXIT_ERROR = 20

export interface CliErrorOptions {
  readonly reason?: string
  readonly hint?: string
  /** Default 20. */
  readonly exitCode?: number
}

/** An error for the person at the terminal: what failed, why, what to try. */
export class CliError extends Error {
  readonly reason: string | undefined
  readonly hint: string | undefined
  readonly exitCode: number

  constructor(message: string, options: CliErrorOptions = {}) {
    super(message)
    this.name = 'CliError'
    this.reason = options.reason
    this.hint = options.hint
    this.exitCode = options.exitCode ?? EXIT_ERROR
  }

  /** Three lines at most. */
  text(): string {
    const lines = [`Error: ${this.message}`]
    if (this.reason !== undefined) lines.push(`Cause: ${this.reason}`)
    if (this.hint !== undefined) lines.push(`Try:   ${this.hint}`)
    // A message of a server must not steer the terminal.
    return `${lines.map((line) => line.replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]+/g, ' ')).join('\n')}\n`
  }
}
