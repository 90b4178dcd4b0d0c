import { Option, type Command } from 'commander'
import type { CommandRun } from './command-context.js'

/** Loads a command's code when it runs: starting costs the same with five commands as with fifty. */
export type LoadRun = () => Promise<CommandRun>

/** Adds one command below `parent`. */
export type AddCommand = (
  parent: Command,
  usage: { readonly name: string; readonly text: string },
  load: LoadRun,
) => Command

/** A flag that is on, off (`--x=false`, see normalizedArguments) or not given. */
export function toggle(command: Command, name: string, text: string): Command {
  return command.option(`--${name}`, text).addOption(new Option(`--no-${name}`).hideHelp())
}

/** A flag that may be given several times, also with commas between. */
export function repeated(command: Command, flags: string, text: string): Command {
  return command.option(flags, text, (value: string, before: readonly string[] | undefined) => [
    ...(before ?? []),
    value,
  ])
}
