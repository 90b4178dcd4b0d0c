import { CommanderError } from 'commander'
import { CliError, EXIT_ERROR } from './cli-error.js'
import type { CliIo } from './cli-io.js'
import { createProgram } from './program.js'

/** Runs the CLI; answers the exit code and never throws. */
export async function runCli(args: readonly string[], io: CliIo): Promise<number> {
  let exitCode = 0
  const program = createProgram(io, (code) => {
    exitCode = code
  })
  for (const command of [program, ...descendants(program)]) {
    command.exitOverride().configureOutput({
      writeOut: (text) => io.out(text),
      writeErr: (text) => io.err(text.replace(/^error: /, 'Error: ')),
    })
  }
  try {
    await program.parseAsync(normalizedArguments(args), { from: 'user' })
    return exitCode
  } catch (error) {
    return failure(error, io)
  }
}

function failure(error: unknown, io: CliIo): number {
  // Commander has said what it has to say; asking for help is no failure.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_ERROR
  const known =
    error instanceof CliError ? error : new CliError(error instanceof Error ? error.message : String(error))
  io.err(known.text())
  return known.exitCode
}

/** `--flag=true` and `--flag=false`, as scripts for argocd write them, in the way commander knows. */
export function normalizedArguments(args: readonly string[]): string[] {
  return args.map((argument) => {
    const parts = /^--([a-z][a-z-]*)=(true|false)$/.exec(argument)
    if (parts === null) return argument
    return parts[2] === 'true' ? `--${parts[1]}` : `--no-${parts[1]}`
  })
}

function descendants(command: ReturnType<typeof createProgram>): readonly ReturnType<typeof createProgram>[] {
  return command.commands.flatMap((child) => [child, ...descendants(child)])
}
