import type { Command } from 'commander'
import type { CommandContext } from '../command-context.js'
import { configPath, readConfig } from '../config-file.js'
import { Flags } from '../flags.js'
import { GraphqlClient } from '../graphql-client.js'
import { serverAddress } from '../server-address.js'
import { liveNames, type Named } from './live-names.js'
import { optionNames, positionOf, type Position } from './position.js'

const FORMATS = ['json', 'yaml', 'wide', 'name', 'jsonpath=']

/** What the arguments of each command name. */
const ARGUMENTS: Readonly<Record<string, Named>> = {
  app: 'applications',
  proj: 'projects',
  cluster: 'clusters',
  repo: 'repositories',
}
/** Their arguments are new names, or nothing that the server knows. */
const NEW_NAMES = new Set(['create', 'add'])

const VALUES: Readonly<Record<string, Named>> = {
  project: 'projects',
  destName: 'clusters',
  cluster: 'clusters',
  repo: 'repositories',
}

/** `__complete -- WORDS`: candidates for the last word, a line each. Silent when the server does not answer. */
export async function completeWords(context: CommandContext, program: Command): Promise<number> {
  const position = positionOf(program, context.args)
  const found = await candidates(position, context).catch(() => [])
  const fitting = found.filter((candidate) => candidate.startsWith(position.word))
  context.io.out(fitting.map((candidate) => `${candidate}\n`).join(''))
  return 0
}

async function candidates(position: Position, context: CommandContext): Promise<readonly string[]> {
  const { command, word, path, awaited } = position
  if (awaited !== undefined) return valuesOf(awaited.attributeName(), position, context)
  if (word.startsWith('-')) return optionNames(command)
  const children = command.commands.map((child) => child.name()).filter((name) => !name.startsWith('__'))
  if (children.length > 0) return children
  if (path[0] === 'context') return contextNames(position, context)
  const named = ARGUMENTS[path[0] ?? '']
  if (named === undefined || NEW_NAMES.has(path[1] ?? '')) return []
  return ask(named, position, context)
}

async function valuesOf(
  option: string,
  position: Position,
  context: CommandContext,
): Promise<readonly string[]> {
  if (option === 'output') return FORMATS
  if (option === 'lockstepContext') return contextNames(position, context)
  const named = VALUES[option]
  return named === undefined ? [] : ask(named, position, context)
}

async function ask(named: Named, position: Position, context: CommandContext): Promise<readonly string[]> {
  const address = await serverAddress(new Flags(position.options), context.io)
  return liveNames(new GraphqlClient(address, []), named, position.word)
}

async function contextNames(position: Position, context: CommandContext): Promise<readonly string[]> {
  const config = await readConfig(configPath(position.options['config'], context.io.env))
  return config.contexts.map((entry) => entry.name)
}
