import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { dump } from 'js-yaml'
import { readCliConfig, tokenOf, withQuickstart, type CliConfig } from './cli-config.js'

export interface Ports {
  readonly http: number
  readonly git: number
}

const DEFAULT_PORT = 8080

/** Everything the quickstart leaves behind: git/, kubeconfig, kubectl, cli.yaml, and the state of its parts. */
export class StateFolder {
  readonly path: string

  constructor(path: string) {
    this.path = path
  }

  at(...names: readonly string[]): string {
    return join(this.path, ...names)
  }

  async open(reset: boolean): Promise<void> {
    if (reset) await rm(this.path, { recursive: true, force: true })
    await mkdir(this.at('git'), { recursive: true })
  }

  /** The same ports at every start, so that URLs in clones and kubeconfigs stay right. */
  async ports(wanted: number | undefined): Promise<Ports> {
    const known = await this.#read('ports.json')
    const before = known === undefined ? undefined : (JSON.parse(known) as Ports)
    const ports = { http: wanted ?? before?.http ?? DEFAULT_PORT, git: before?.git ?? (await freePort()) }
    await writeFile(this.at('ports.json'), JSON.stringify(ports))
    return ports
  }

  /** The token that cli.yaml carries for the quickstart, when it was written before. */
  async token(): Promise<string | undefined> {
    return tokenOf(await this.#cliConfig())
  }

  /** Writes the context of the quickstart; contexts that a person made by `login` stay, and stay current. */
  async writeCliConfig(url: string, token: string): Promise<void> {
    const config = await this.#cliConfig()
    await this.writeSecret('cli.yaml', dump(withQuickstart(config, url, token)))
  }

  async #cliConfig(): Promise<CliConfig> {
    return readCliConfig((await this.#read('cli.yaml')) ?? '')
  }

  async writeProgram(name: string, text: string): Promise<void> {
    await rm(this.at(name), { force: true })
    await writeFile(this.at(name), text, { mode: 0o755 })
  }

  async writeSecret(name: string, text: string): Promise<void> {
    await rm(this.at(name), { force: true })
    await writeFile(this.at(name), text, { mode: 0o600 })
  }

  async #read(name: string): Promise<string | undefined> {
    try {
      return await readFile(this.at(name), 'utf8')
    } catch {
      return undefined
    }
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
}
