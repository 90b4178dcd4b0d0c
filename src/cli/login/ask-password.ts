import { CliError } from '../cli-error.js'
import type { CommandContext } from '../command-context.js'

/** From `--password-stdin`, from the flag, or asked for without an echo. */
export async function askPassword(
  { flags, io }: CommandContext,
  question: string,
  flag = 'password',
): Promise<string> {
  if (flags.isOn('passwordStdin')) return (await io.stdin()).replace(/\r?\n$/, '')
  const given = flags.text(flag)
  if (given !== undefined) return given
  if (!io.interactive) {
    throw new CliError('a password is needed', {
      hint: 'where the command knows --password-stdin, give it a file: … --password-stdin < file',
    })
  }
  return io.ask(question, true)
}

/** A new password, twice when somebody types it. */
export async function askNewPassword(
  context: CommandContext,
  question: string,
  flag = 'password',
): Promise<string> {
  const password = await askPassword(context, question, flag)
  if (context.flags.text(flag) !== undefined || context.flags.isOn('passwordStdin')) return password
  const again = await context.io.ask('Once more: ', true)
  if (again !== password) throw new CliError('the two passwords differ')
  return password
}
