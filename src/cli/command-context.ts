import type { CliIo } from './cli-io.js'
import type { Flags } from './flags.js'
import type { GraphqlClient } from './graphql-client.js'

/** What a command gets. `client` reads the configuration only when it is called. */
export interface CommandContext {
  readonly io: CliIo
  readonly args: readonly string[]
  readonly flags: Flags
  client(): Promise<GraphqlClient>
}

/** A command; answers its exit code. */
export type CommandRun = (context: CommandContext) => Promise<number>
