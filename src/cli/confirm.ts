import { CliError } from './cli-error.js'
import type { CommandContext } from './command-context.js'

/** Asks before something goes for good. `-y` agrees; where nobody sits, only `-y` does. */
export async function confirm(context: CommandContext, question: string): Promise<void> {
  if (context.flags.isOn('yes')) return
  if (!context.io.interactive) {
    throw new CliError('this needs your consent', {
      reason: question,
      hint: 'add -y to agree without being asked',
    })
  }
  const answer = await context.io.ask(`${question} (y/n) `, false)
  if (!/^y(es)?$/i.test(answer.trim()))
    throw new CliError('nothing was changed', { reason: 'you did not agree' })
}
