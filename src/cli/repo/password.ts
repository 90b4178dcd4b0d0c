import type { CommandContext } from '../command-context.js'

/** From standard input, a flag or the environment, in this order; undefined when it is nowhere. */
export async function passwordOf({ flags, io }: CommandContext): Promise<string | undefined> {
  if (flags.isOn('passwordStdin')) return (await io.stdin()).replace(/\r?\n$/, '')
  return flags.text('password') ?? io.env['LOCKSTEP_REPO_PASSWORD']
}
