import { type ChildProcess, spawn } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const PROGRAM = fileURLToPath(new URL('../../src/main/all-in-one.js', import.meta.url))
const LINK = /https?:\/\/\S+[?&#]token=([\w.~-]+)/
const READY_WITHIN_MS = 60_000
const POLITE_MS = 10_000

export interface AllInOne {
  readonly url: string
  readonly pid: number
  /** Token of the one-time link. */
  readonly setupToken: string
  stop(): Promise<void>
}

/** Starts the built product as it ships, with its own Postgres in `folder`; resolves when it printed its link. */
export async function startAllInOne(folder: string, webhookSecret: string): Promise<AllInOne> {
  const port = await freePort()
  const env = {
    ...process.env,
    LOCKSTEP__HTTP__PORT: String(port),
    LOCKSTEP__STATE__DIR: join(folder, 'state'),
    LOCKSTEP__WEBHOOK__GITHUB__SECRET: webhookSecret,
  }
  const child = spawn(process.execPath, [PROGRAM], { env, cwd: folder, stdio: ['pipe', 'pipe', 'pipe'] })
  const log = createWriteStream(join(folder, 'product.log'))
  const setupToken = await linkOf(child, log)
  return { url: `http://127.0.0.1:${port}`, pid: child.pid ?? -1, setupToken, stop: () => stop(child) }
}

function linkOf(child: ChildProcess, log: NodeJS.WritableStream): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = ''
    const fail = (why: string): void =>
      reject(new Error(`Cannot start ${PROGRAM}: ${why}\n${output.slice(-4000)}`))
    const impatience = setTimeout(
      () => fail(`no one-time link within ${READY_WITHIN_MS / 1000} s`),
      READY_WITHIN_MS,
    )
    const take = (chunk: Buffer): void => {
      log.write(chunk)
      if (output.length < 200_000) output += chunk.toString()
      const token = LINK.exec(output)?.[1]
      if (token === undefined) return
      clearTimeout(impatience)
      resolve(token)
    }
    child.stdout?.on('data', take)
    child.stderr?.on('data', take)
    child.once('error', (error) => fail(error.message))
    child.once('exit', (code) => {
      clearTimeout(impatience)
      fail(`it ended with code ${code}`)
    })
  })
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  const impatience = setTimeout(() => child.kill('SIGKILL'), POLITE_MS)
  await gone
  clearTimeout(impatience)
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
