import { CliError } from '../cli-error.js'
import type { CommandContext } from '../command-context.js'
import { configPath, readConfig, writeConfig } from '../config-file.js'
import { printList } from '../output/print.js'

/** `context` lists, `context NAME` switches, `context NAME --delete` forgets. */
export async function contexts(context: CommandContext): Promise<number> {
  const { flags, args, io } = context
  const path = configPath(flags.text('config'), io.env)
  const config = await readConfig(path)
  const [name] = args
  if (name === undefined) {
    await printList(context, config.contexts, {
      header: ['CURRENT', 'NAME', 'SERVER'],
      row: (entry) => [entry.name === config['current-context'] ? '*' : '', entry.name, entry.server],
      name: (entry) => entry.name,
    })
    return 0
  }
  if (!config.contexts.some((entry) => entry.name === name)) {
    throw new CliError(`there is no context "${name}"`, { hint: 'lockstep context lists them' })
  }
  if (!flags.isOn('delete')) {
    await writeConfig(path, { ...config, 'current-context': name })
    io.err(`Switched to context '${name}'\n`)
    return 0
  }
  const { 'current-context': current, ...rest } = config
  await writeConfig(path, {
    ...rest,
    contexts: config.contexts.filter((entry) => entry.name !== name),
    users: config.users.filter((user) => user.name !== name),
    ...(current !== undefined && current !== name && { 'current-context': current }),
  })
  io.err(`Context '${name}' deleted\n`)
  return 0
}
