import { Command, Option } from 'commander'
import type { CliIo } from './cli-io.js'
import { addAccountCommands } from './account-commands.js'
import { addAppCommands } from './app-commands.js'
import { addLoginCommands } from './login-commands.js'
import { addAuditCommands } from './audit-commands.js'
import type { AddCommand } from './command-options.js'
import { addDirectoryCommands } from './directory-commands.js'
import { Flags } from './flags.js'
import { addPolicyCommands } from './policy-commands.js'
import { addOwnCommands } from './own-commands.js'

/** The command tree. `done` takes the exit code of the command that ran. */
export function createProgram(io: CliIo, done: (exitCode: number) => void): Command {
  const program = new Command('lockstep')
    .description('Lockstep keeps clusters equal to what is declared in Git')
    .enablePositionalOptions()
    .option('--server <address>', 'server to talk to (env LOCKSTEP_SERVER)')
    .option('--auth-token <token>', 'token to use (env LOCKSTEP_AUTH_TOKEN)')
    .option('--config <file>', 'configuration file, default ~/.config/lockstep/config')
    .option('--lockstep-context <name>', 'context to use')
    .option('--insecure', 'accept any certificate of the server')
    .option('--plaintext', 'http instead of https')
    .addOption(new Option('--grpc-web').hideHelp())
  const add: AddCommand = (parent, usage, load) => {
    const command = parent
      .command(usage.name, { hidden: usage.name.startsWith('__') })
      .description(usage.text)
    command.action(async () => {
      const flags = new Flags(command.optsWithGlobals())
      const run = await load()
      done(await run({ io, args: command.args, flags, client: () => connect(flags, io) }))
    })
    return command
  }
  addLoginCommands(program, add)
  addAppCommands(program, add)
  addDirectoryCommands(program, add)
  addAccountCommands(program, add)
  addAuditCommands(program, add)
  addPolicyCommands(program, add)
  addOwnCommands(program, add)
  return program
}

async function connect(flags: Flags, io: CliIo) {
  const { serverAddress } = await import('./server-address.js')
  const { GraphqlClient } = await import('./graphql-client.js')
  return new GraphqlClient(await serverAddress(flags, io))
}
