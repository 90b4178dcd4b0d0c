import { stat } from 'node:fs/promises'
import { EXIT_ERROR } from '../cli-error.js'
import type { CommandContext } from '../command-context.js'
import { configPath } from '../config-file.js'
import { GraphqlClient } from '../graphql-client.js'
import { printList } from '../output/print.js'
import { serverAddress } from '../server-address.js'
import { ownVersion } from '../version.js'
import { failed, ok, warning, type Check } from './check.js'
import { checkAccount, checkServer } from './server-checks.js'

/** `doctor`: what may keep the CLI from working, each with what to do. Exit code 20 when something failed. */
export async function runDoctor(context: CommandContext): Promise<number> {
  const checks = [await checkConfig(context), checkProxy(context), ...(await checkConnection(context))]
  await printList(context, checks, {
    header: ['CHECK', 'RESULT', 'MESSAGE', 'TRY'],
    row: (check) => [check.name, check.result, check.message, check.hint ?? ''],
    name: (check) => check.name,
  })
  return checks.some((check) => check.result === 'failed') ? EXIT_ERROR : 0
}

/** The file holds tokens: nobody else may read it. */
async function checkConfig(context: CommandContext): Promise<Check> {
  const path = configPath(context.flags.text('config'), context.io.env)
  const file = await stat(path).catch(() => undefined)
  if (file === undefined) {
    return { name: 'config', result: 'skipped', message: `${path} does not exist` }
  }
  if ((file.mode & 0o077) === 0) return ok('config', path)
  return warning('config', `${path} can be read by others`, `chmod 600 ${path}`)
}

function checkProxy(context: CommandContext): Check {
  const set = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy'].filter(
    (name) => (context.io.env[name] ?? '') !== '',
  )
  if (set.length === 0) return ok('proxy', 'none is set')
  return warning('proxy', `${set.join(', ')} is set; this CLI connects directly`, 'permit the direct way')
}

async function checkConnection(context: CommandContext): Promise<readonly Check[]> {
  const address = await serverAddress(context.flags, context.io).catch((error: unknown) =>
    failed('server', error instanceof Error ? error.message : String(error), 'lockstep login SERVER'),
  )
  if ('result' in address) return [address]
  const server = await checkServer(address, await ownVersion(), Date.now)
  if (server[0]?.result === 'failed') return server
  return [...server, ...(await checkAccount(new GraphqlClient(address)))]
}
