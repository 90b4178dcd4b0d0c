import type { Command, Option } from 'commander'

/** Where the cursor stands in a command line. */
export interface Position {
  readonly command: Command
  /** Names of the commands from the program downwards, e.g. `['app', 'get']`. */
  readonly path: readonly string[]
  /** Arguments of the command before the cursor. */
  readonly before: readonly string[]
  /** The word at the cursor, perhaps empty. */
  readonly word: string
  /** The option whose value is written at the cursor. */
  readonly awaited?: Option
  /** Values of the options that stand before the cursor, by commander's name. */
  readonly options: Readonly<Record<string, string>>
}

/** Walks `words` (without the program's name; the last one is at the cursor) down the tree of commands. */
export function positionOf(program: Command, words: readonly string[]): Position {
  let command = program
  const path: string[] = []
  const before: string[] = []
  const options: Record<string, string> = {}
  let awaited: Option | undefined
  for (const word of words.slice(0, -1)) {
    if (awaited !== undefined) {
      options[awaited.attributeName()] = word
      awaited = undefined
    } else if (word.startsWith('-')) {
      awaited = awaitsValue(optionOf(command, word), word)
    } else {
      const child = before.length === 0 ? command.commands.find((one) => one.name() === word) : undefined
      if (child === undefined) before.push(word)
      else {
        command = child
        path.push(word)
      }
    }
  }
  const word = words.at(-1) ?? ''
  return { command, path, before, word, options, ...(awaited !== undefined && { awaited }) }
}

function awaitsValue(option: Option | undefined, word: string): Option | undefined {
  return option !== undefined && (option.required || option.optional) && !word.includes('=')
    ? option
    : undefined
}

function optionOf(command: Command, word: string): Option | undefined {
  const name = word.split('=', 1)[0]
  const own = command.options.find((one) => one.long === name || one.short === name)
  if (own !== undefined || !command.parent) return own
  return optionOf(command.parent, word)
}

/** The long names of all options that the command takes, its own first. */
export function optionNames(command: Command): readonly string[] {
  const own = command.options.filter((option) => !option.hidden).map((option) => option.long ?? '')
  const inherited = command.parent ? optionNames(command.parent) : []
  return [...new Set([...own, ...inherited, '--help'])].filter((name) => name !== '')
}
