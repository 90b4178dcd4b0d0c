import { readFile } from 'node:fs/promises'
import type { CommandContext } from './command-context.js'
import { CliError } from './cli-error.js'

/** `version [--client]`: of the CLI, and of the server when one is configured. */
export async function showVersion(context: CommandContext): Promise<number> {
  const own = await ownVersion()
  context.io.out(`lockstep: ${own}\n`)
  if (context.flags.isOn('client')) return 0
  try {
    const { address } = await context.client()
    const response = await fetch(`${address.url}/api/version`, { signal: AbortSignal.timeout(5000) })
    const body: unknown = await response.json()
    const version =
      body !== null && typeof body === 'object' && 'Version' in body ? String(body.Version) : 'unknown'
    context.io.out(`lockstep-server: ${version}\n`)
  } catch (error) {
    const reason = error instanceof CliError ? error.message : 'it does not answer'
    context.io.err(`lockstep-server: ${reason}\n`)
  }
  return 0
}

/** The version of the package that this file belongs to. */
export async function ownVersion(): Promise<string> {
  const text = await readFile(new URL('../../../package.json', import.meta.url), 'utf8')
  const parsed: unknown = JSON.parse(text)
  return parsed !== null && typeof parsed === 'object' && 'version' in parsed
    ? String(parsed.version)
    : 'unknown'
}
