/** A failure that the user can do something about: printed as it is, without a stack. */
export class BootstrapError extends Error {}

/** One line of progress. Standard output stays free for the command itself. */
export function say(line) {
  process.stderr.write(`lockstep: ${line}\n`)
}
