import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDefaultProject } from '../support/open-default-project.js'
import { ProductApi } from '../support/running-product.js'
import { ROLES, RoleProgram, freePort, runProgram, type RoleName } from '../support/running-roles.js'
import { TcpProxy } from './tcp-proxy.js'

type Env = Readonly<Record<string, string>>

/** The product as three processes that share a database and a Redis; what killed one of them left the others running. */
export class SplitProduct {
  readonly folder: string
  readonly url: string
  readonly api: ProductApi
  readonly role: Readonly<Record<RoleName, RoleProgram>>
  /** The way from the gateway to the owner of the cluster. */
  readonly ownerLink: TcpProxy
  readonly #env: Env

  private constructor(
    folder: string,
    ownerLink: TcpProxy,
    options: { readonly env: Env; readonly ports: Ports },
  ) {
    const { env, ports } = options
    this.folder = folder
    this.ownerLink = ownerLink
    this.url = `http://127.0.0.1:${ports.gateway}`
    this.api = new ProductApi(this.url)
    this.#env = {
      ...env,
      LOCKSTEP__HTTP__PORT: String(ports.gateway),
      LOCKSTEP__INTERNAL__KEY_FILE: join(folder, 'keys', 'internal-key'),
      LOCKSTEP__LOG__LEVEL: 'info',
    }
    const open = (name: RoleName, more: Env = {}) => new RoleProgram(name, { ...this.env(name), ...more })
    this.role = {
      gateway: open('gateway'),
      'source-worker': open('source-worker'),
      'cluster-worker': open('cluster-worker', {
        LOCKSTEP__INTERNAL__PORT: String(ports.owner),
        LOCKSTEP__INTERNAL__ADDRESS: `http://127.0.0.1:${ownerLink.port}`,
      }),
    }
  }

  static async start({ env }: { readonly env: Env }): Promise<SplitProduct> {
    const folder = await mkdtemp(join(tmpdir(), 'lockstep-split-'))
    await chmod(folder, 0o711)
    const ports = { gateway: await freePort(), owner: await freePort() }
    const ownerLink = await TcpProxy.start({ host: '127.0.0.1', port: ports.owner })
    const product = new SplitProduct(folder, ownerLink, { env, ports })
    await runProgram('make-keys', ['--to', join(folder, 'keys')], {})
    await runProgram('migrate', [], product.#env)
    await product.restart()
    return product
  }

  /** What the process of a role gets from its environment. */
  env(name: RoleName): Env {
    return {
      ...this.#env,
      LOCKSTEP__STATE__DIR: join(this.folder, name),
      LOCKSTEP__VAULT__KEYSFILE: join(this.folder, 'keys', `${name}-keys.json`),
    }
  }

  /** Of the one that writes to the cluster. */
  get pid(): number {
    return this.role['cluster-worker'].pid
  }

  get pids(): readonly number[] {
    return ROLES.map((name) => this.role[name].pid)
  }

  /** All of it. */
  get isAlive(): boolean {
    return ROLES.every((name) => this.role[name].isAlive)
  }

  get output(): string {
    return ROLES.map((name) => this.role[name].output).join('')
  }

  async completeSetup(password: string): Promise<void> {
    const link = await this.role.gateway.printed(/https?:\/\/\S+\/setup\?token=[\w.~-]+(?=\s)/)
    const token = new URL(link).searchParams.get('token')
    const payload = await this.api.change('completeSetup', { token, password, bearer: true }, 'token')
    this.api.useToken(String(payload['token']))
    await openDefaultProject(this.api)
  }

  /** kill -9 of all three. */
  async kill(): Promise<void> {
    await Promise.all(ROLES.map((name) => this.role[name].end('SIGKILL')))
  }

  /** Starts again whichever is dead. */
  async restart(): Promise<void> {
    await Promise.all(ROLES.filter((name) => !this.role[name].isAlive).map((name) => this.role[name].start()))
  }

  async stop(): Promise<void> {
    await Promise.all(ROLES.map((name) => this.role[name].end('SIGTERM')))
    await this.ownerLink.close()
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
  }
}

interface Ports {
  readonly gateway: number
  readonly owner: number
}
