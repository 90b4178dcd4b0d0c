import { CliError } from '../cli-error.js'
import type { GraphqlClient, ServerAddress } from '../graphql-client.js'
import { failed, ok, warning, type Check } from './check.js'

const TIMEOUT_MS = 5_000
const MAX_SKEW_MS = 60_000

interface Connected {
  readonly name?: string | null
  readonly url?: string
  readonly connection: { readonly status: string; readonly message: string }
}

/** Does the server answer, is it ready, is its version ours, do the clocks agree? */
export async function checkServer(
  address: ServerAddress,
  ownVersion: string,
  now: () => number,
): Promise<readonly Check[]> {
  const response = await answerOf(`${address.url}/api/version`)
  if (typeof response === 'string') {
    return [failed('server', `${address.url} does not answer: ${response}`, 'check address, network, proxy')]
  }
  const version = versionIn(await response.text())
  if (version === undefined) {
    return [failed('server', `${address.url} is not a Lockstep server`, 'check the address and the proxy')]
  }
  return [
    ok('server', `${address.url} answers, version ${version}`),
    versionCheck(version, ownVersion),
    await readiness(address),
    clockCheck(response.headers.get('date'), now()),
  ]
}

function versionCheck(server: string, own: string): Check {
  if (server === own) return ok('version', `CLI and server are ${own}`)
  return warning('version', `CLI ${own}, server ${server}`, 'use the CLI of the version of the server')
}

async function readiness(address: ServerAddress): Promise<Check> {
  const response = await answerOf(`${address.url}/readyz`)
  const text = typeof response === 'string' ? response : await response.text()
  if (typeof response !== 'string' && response.ok) return ok('ready', 'the server is ready')
  return failed('ready', `the server is not ready: ${text}`, 'look into its log')
}

function clockCheck(date: string | null, now: number): Check {
  const server = Date.parse(date ?? '')
  if (Number.isNaN(server)) return { name: 'clock', result: 'skipped', message: 'the server tells no time' }
  const skew = Math.abs(server - now)
  if (skew <= MAX_SKEW_MS) return ok('clock', 'this machine and the server agree')
  return warning('clock', `${Math.round(skew / 1000)} s apart from the server`, 'set the clock by NTP')
}

async function answerOf(url: string): Promise<Response | string> {
  try {
    return await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) })
  } catch (error) {
    const cause = error instanceof Error ? (error.cause ?? error) : error
    return cause instanceof Error ? cause.message : String(cause)
  }
}

function versionIn(text: string): string | undefined {
  try {
    const body: unknown = JSON.parse(text)
    return body !== null && typeof body === 'object' && 'Version' in body ? String(body.Version) : undefined
  } catch {
    return undefined
  }
}

/** Who are we, and what of that which we may see does not connect? */
export async function checkAccount(client: GraphqlClient): Promise<readonly Check[]> {
  try {
    const { viewer } = await client.ask<{ readonly viewer: { readonly username: string } | null }>(
      '{ viewer { username } }',
    )
    if (viewer === null)
      return [failed('account', 'nobody is signed in', `lockstep login ${client.address.url}`)]
    return [ok('account', `signed in as ${viewer.username}`), ...(await connections(client))]
  } catch (error) {
    const hint = error instanceof CliError ? error.hint : undefined
    return [failed('account', messageOf(error), hint ?? 'lockstep login')]
  }
}

async function connections(client: GraphqlClient): Promise<readonly Check[]> {
  const checks: Check[] = []
  for (const [name, query] of CONNECTED) {
    const answer = await client.ask<Readonly<Record<string, readonly Connected[]>>>(query).catch(messageOf)
    if (typeof answer === 'string') checks.push({ name, result: 'skipped', message: answer })
    else checks.push(...connectionChecks(name, Object.values(answer)[0] ?? []))
  }
  return checks
}

const CONNECTED: readonly (readonly [string, string])[] = [
  ['cluster', '{ clusters { name connection { status message } } }'],
  ['repository', '{ repositories { url connection { status message } } }'],
]

function connectionChecks(name: string, all: readonly Connected[]): readonly Check[] {
  const broken = all.filter((one) => one.connection.status === 'Failed')
  if (broken.length === 0) return [ok(name, `${all.length} connected`)]
  return broken.map((one) =>
    failed(name, `${one.name ?? one.url ?? ''}: ${one.connection.message}`, `lockstep ${LIST[name]} list`),
  )
}

const LIST: Readonly<Record<string, string>> = { cluster: 'cluster', repository: 'repo' }

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
