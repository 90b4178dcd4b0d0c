import { spawn } from 'node:child_process'

export interface GitCommand {
  readonly args: readonly string[]
  readonly environment: Readonly<Record<string, string>>
  readonly timeoutMs: number
}

/** Git ended with an error, was stopped, or could not be started. `words` is its stderr, not yet masked. */
export class GitFailure extends Error {
  readonly words: string
  readonly timedOut: boolean

  constructor(words: string, timedOut: boolean) {
    super(timedOut ? 'git did not finish in time' : 'git failed')
    this.words = words
    this.timedOut = timedOut
  }
}

/** More output than this is no answer to any of our questions. */
const MAX_OUTPUT_BYTES = 256 * 1024 * 1024
const MAX_STDERR_CHARACTERS = 64 * 1024

/** Runs Git once, without a shell, in its own process group so that its children end with it; answers stdout. */
export async function runGit(command: GitCommand): Promise<Buffer> {
  const child = spawn('git', command.args, {
    env: command.environment,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  const chunks: Buffer[] = []
  let size = 0
  let words = ''
  let timedOut = false
  const stop = (): void => killGroup(child.pid)
  const timer = setTimeout(() => {
    timedOut = true
    stop()
  }, command.timeoutMs)
  child.stdout.on('data', (chunk: Buffer) => {
    size += chunk.length
    if (size > MAX_OUTPUT_BYTES) stop()
    else chunks.push(chunk)
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    if (words.length < MAX_STDERR_CHARACTERS) words += text
  })
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>()
  child.once('error', (error) => reject(new GitFailure(`git cannot be started: ${error.message}`, false)))
  child.once('close', (code) => {
    if (code === 0 && size <= MAX_OUTPUT_BYTES) resolve(Buffer.concat(chunks))
    else reject(new GitFailure(words, timedOut))
  })
  return promise.finally(() => clearTimeout(timer))
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // It has just ended by itself.
  }
}
