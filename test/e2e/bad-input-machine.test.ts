import { chmod, cp, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ROOT } from '../support/running-product.js'
import { runToEnd, startProgram } from '../support/started-program.js'

/** A port of this machine where nobody answers. */
const NOBODY = 'http://127.0.0.1:9'
const QUICKSTART = join(ROOT, 'dist/quickstart/start.js')

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lockstep-machine-'))
  // As root, Postgres runs as another user, who must get through to its folder.
  await chmod(folder, 0o711)
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** A PATH with Git and the usual programs, without Go and npm. */
async function pathWithoutGo(): Promise<string> {
  const bin = join(folder, 'bin')
  await mkdir(bin)
  for (const name of ['git', 'sh', 'env']) await symlink(await whereIs(name), join(bin, name))
  return bin
}

async function whereIs(name: string): Promise<string> {
  const { output } = await runToEnd(
    [
      '-p',
      `require('node:child_process').execFileSync('sh', ['-c', 'command -v ${name}'], {encoding: 'utf8'})`,
    ],
    process.env,
    10_000,
  )
  return output.trim()
}

/** A checkout with what the bootstrap needs, and nothing installed. */
async function freshCheckout(): Promise<string> {
  const checkout = join(folder, 'checkout')
  await mkdir(checkout)
  for (const name of ['tools', 'package.json', 'package-lock.json', '.npmrc']) {
    await cp(join(ROOT, name), join(checkout, name), { recursive: true })
  }
  return checkout
}

function listening(): Promise<Server> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => resolve(server))
  })
}

function expectSentence(output: string): void {
  process.stderr.write(`bad-input-machine.test.ts: ${output.trim().slice(-600)}\n`)
  expect(output).not.toMatch(/\n\s+at \S+ \(|node:internal|undefined/)
}

async function freePort(): Promise<number> {
  const server = await listening()
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

describe('a machine with', () => {
  it('a port that is taken: says which, and how to choose another one', async () => {
    const holder = await listening()
    const { port } = holder.address() as AddressInfo
    const env = { LOCKSTEP__HTTP__PORT: String(port), LOCKSTEP__STATE__DIR: join(folder, 'state') }
    const { code, output } = await startProgram(env, 90_000)
    holder.close()
    expect(code).toBe(20)
    expect(output).toMatch(
      new RegExp(`Error: Port ${port} on 127\\.0\\.0\\.1 is taken.*LOCKSTEP__HTTP__PORT`),
    )
    expectSentence(output)
  })

  it('no Go: the quickstart says what to install, or to bring a cluster', async () => {
    const env = {
      ...process.env,
      PATH: await pathWithoutGo(),
      XDG_CACHE_HOME: join(folder, 'cache'),
    }
    const words = [QUICKSTART, '--once', '--state', join(folder, 'state'), '--port', String(await freePort())]
    const { code, output } = await runToEnd(words, env, 120_000)
    expect(code).toBe(1)
    expect(output).toMatch(/Error: Go >= 1\.26 is needed .* no `go` on the PATH.*--context NAME/)
    expectSentence(output)
  })

  it('no network: the bootstrap says that the packages could not be fetched, and what to check', async () => {
    const checkout = await freshCheckout()
    const env = {
      ...process.env,
      npm_config_registry: NOBODY,
      npm_config_cache: join(folder, 'npm-cache'),
      npm_config_fetch_retries: '0',
      npm_config_replace_registry_host: 'always',
    }
    const { code, output } = await runToEnd([join(checkout, 'tools/bootstrap.mjs'), 'ok'], env, 120_000)
    expect(code).toBe(1)
    expect(output).toMatch(/Cannot install the packages[\s\S]*Check the network and the npm registry setting/)
    expectSentence(output)
  })

  it('no npm: the bootstrap says what is missing', async () => {
    const checkout = await freshCheckout()
    const env = { ...process.env, PATH: await pathWithoutGo() }
    expect(env.PATH).not.toContain(dirname(process.execPath))
    const { code, output } = await runToEnd([join(checkout, 'tools/bootstrap.mjs'), 'ok'], env, 60_000)
    expect(code).toBe(1)
    expect(output).toMatch(/Cannot install the packages/)
    expectSentence(output)
  })
})
