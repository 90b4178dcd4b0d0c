import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { request } from 'undici'
import { openDefaultProject } from './open-default-project.js'

/** The repository's folder, from the sources and from `dist`. */
export const ROOT = rootAbove(dirname(fileURLToPath(import.meta.url)))

const PROGRAM = join(ROOT, 'dist/src/main/all-in-one.js')
const LINK = /https?:\/\/\S+\/setup\?token=([\w.~-]+)(?=\s)/
const READY = /Lockstep listens on /
const READY_WITHIN_MS = 60_000

export interface ProductOptions {
  /** More environment, e.g. LOCKSTEP__WEBHOOK__GITHUB__SECRET. */
  readonly env?: Readonly<Record<string, string>>
}

export type Answer = Readonly<Record<string, unknown>>

/** The built all-in-one as a child, with its own state; it can be killed and started again on the same state. */
export class RunningProduct {
  readonly folder: string
  readonly url: string
  readonly api: ProductApi
  readonly #env: NodeJS.ProcessEnv
  readonly #output: string[] = []
  #child: ChildProcess

  private constructor(folder: string, port: number, options: ProductOptions) {
    this.folder = folder
    this.url = `http://127.0.0.1:${port}`
    this.api = new ProductApi(this.url)
    this.#env = {
      ...process.env,
      LOCKSTEP__HTTP__PORT: String(port),
      LOCKSTEP__STATE__DIR: join(folder, 'state'),
      LOCKSTEP__LOG__LEVEL: 'debug',
      ...options.env,
    }
    this.#child = this.#spawn()
  }

  static async start(options: ProductOptions = {}): Promise<RunningProduct> {
    if (!existsSync(PROGRAM)) throw new Error(`${PROGRAM} is missing: build first (npm run build).`)
    const folder = await mkdtemp(join(tmpdir(), 'lockstep-product-'))
    // As root, Postgres runs as another user, who must get through to its folder.
    await chmod(folder, 0o711)
    const product = new RunningProduct(folder, await freePort(), options)
    // The link is the last that a first start prints.
    await product.#printed(LINK)
    return product
  }

  get pid(): number {
    return this.#child.pid ?? -1
  }

  get isAlive(): boolean {
    return this.#alive()
  }

  /** Everything that it ever wrote to standard output and standard error, over all its lives. */
  get output(): string {
    return this.#output.join('')
  }

  /** The one-time link, as it was printed. */
  get link(): string {
    const found = LINK.exec(this.output)?.[0]
    if (found === undefined) throw new Error(`No one-time link was printed:\n${this.output.slice(-2000)}`)
    return found
  }

  /** Sets the admin password through the one-time link, signs the client in and opens the default project. */
  async completeSetup(password: string): Promise<void> {
    const token = new URL(this.link).searchParams.get('token')
    const payload = await this.api.change('completeSetup', { token, password, bearer: true }, 'token')
    this.api.useToken(String(payload['token']))
    await openDefaultProject(this.api)
  }

  /** kill -9; resolves when it is dead. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL')
  }

  /** Starts it again with the same state, port and environment. */
  async restart(): Promise<void> {
    this.#child = this.#spawn()
    await this.#printed(READY)
  }

  /** Ends it and deletes its state. */
  async stop(): Promise<void> {
    const impatience = setTimeout(() => this.#child.kill('SIGKILL'), 15_000)
    await this.#end('SIGTERM')
    clearTimeout(impatience)
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
  }

  #spawn(): ChildProcess {
    const child = spawn(process.execPath, [PROGRAM], {
      env: this.#env,
      cwd: this.folder,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const keep = (chunk: string): number => this.#output.push(chunk)
    child.stdout?.setEncoding('utf8').on('data', keep)
    child.stderr?.setEncoding('utf8').on('data', keep)
    child.on('error', (error) => keep(error.message))
    this.#output.push('\n--- started ---\n')
    return child
  }

  async #printed(wanted: RegExp): Promise<void> {
    const until = performance.now() + READY_WITHIN_MS
    while (!wanted.test(this.output.slice(this.output.lastIndexOf('--- started ---')))) {
      if (!this.#alive() || performance.now() > until) {
        throw new Error(`The product does not start:\n${this.output.slice(-4000)}`)
      }
      await sleep(20)
    }
  }

  #alive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    if (!this.#alive()) return
    const gone = once(this.#child, 'exit')
    this.#child.kill(signal)
    await gone
  }
}

/** Talks GraphQL with the product; every failure is an error with the product's own words. */
export class ProductApi {
  readonly #url: string
  readonly #answers: string[] = []
  #token: string | undefined

  constructor(url: string) {
    this.#url = url
  }

  /** Every answer so far, as it came. */
  get answers(): string {
    return this.#answers.join('\n')
  }

  useToken(token: string): void {
    this.#token = token
  }

  async ask(query: string, variables: Readonly<Record<string, unknown>> = {}): Promise<Answer> {
    const answer = await request(`${this.#url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(this.#token !== undefined && { authorization: `Bearer ${this.#token}` }),
      },
      body: JSON.stringify({ query, variables }),
    })
    const text = await answer.body.text()
    this.#answers.push(text)
    const body = JSON.parse(text) as { readonly data?: Answer | null; readonly errors?: unknown }
    if (body.errors !== undefined || body.data == null)
      throw new Error(`The API answered ${answer.statusCode}: ${text}`)
    return body.data
  }

  /** One mutation with one `input`; its `userErrors` are an error here. Answers the payload. */
  async change(name: string, input: Readonly<Record<string, unknown>>, fields = ''): Promise<Answer> {
    const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input!`
    const query = `mutation($input: ${type}) { ${name}(input: $input) { ${fields} userErrors { message } } }`
    const payload = (await this.ask(query, { input }))[name] as Answer
    const errors = payload['userErrors'] as readonly { readonly message: string }[]
    if (errors.length > 0) throw new Error(errors.map(({ message }) => message).join('; '))
    return payload
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

function rootAbove(start: string): string {
  let folder = start
  while (!existsSync(join(folder, 'package.json')) && folder !== dirname(folder)) folder = dirname(folder)
  return folder
}
