import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Product, ProductOptions } from './product.js'
import { Program, freePort, nodeCommand } from './program.js'

const PROGRAM = fileURLToPath(new URL('../../src/main/all-in-one.js', import.meta.url))
const LINK = /https?:\/\/\S+[?&#]token=([\w.~-]+)/
const LISTENS = /Lockstep listens on (\S+)\n/
const READY_SECONDS = 60
/** Line of `postmaster.pid` that holds the port. */
const PORT_LINE = 3

/** Starts the built product as it ships, with its own Postgres in `folder`. */
export async function startAllInOne(options: ProductOptions): Promise<Product> {
  const state = join(options.folder, 'state')
  const env = {
    ...options.env,
    LOCKSTEP__HTTP__PORT: String(await freePort()),
    LOCKSTEP__STATE__DIR: state,
    LOCKSTEP__WEBHOOK__GITHUB__SECRET: options.webhookSecret,
  }
  const command = await nodeCommand(PROGRAM)
  const ready = options.again === true ? LISTENS : LINK
  const launch = { command, folder: options.folder, env, ready, readySeconds: READY_SECONDS }
  const program = await Program.start(launch)
  return {
    url: LISTENS.exec(program.output)?.[1] ?? '',
    pids: [program.pid],
    setupToken: LINK.exec(program.output)?.[1],
    databaseUrl: () => embeddedUrl(join(state, 'postgres')),
    stop: (how) => program.stop(how),
  }
}

/** The embedded Postgres keeps its password and its port beside its data. */
async function embeddedUrl(folder: string): Promise<string> {
  const password = (await readFile(join(folder, 'password'), 'utf8')).trim()
  const port = (await readFile(join(folder, 'data', 'postmaster.pid'), 'utf8')).split('\n')[PORT_LINE]
  return `postgresql://lockstep:${password}@127.0.0.1:${port}/lockstep`
}
