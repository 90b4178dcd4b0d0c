import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import type { CliIo } from './cli-io.js'
import type { Screen } from './output/live-block.js'

/** The real terminal. */
export function terminalIo(): CliIo {
  endQuietlyWhenNobodyReads()
  return {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    env: process.env,
    ...screenOf(process.env['TERM']),
    interactive: process.stdin.isTTY === true && process.stderr.isTTY === true,
    stdin: readAll,
    ask,
    sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
    monotonic: () => performance.now(),
  }
}

/** Nothing is written in colours, so NO_COLOR has nothing to turn off. */
function screenOf(term: string | undefined): Pick<CliIo, 'screen'> {
  const { stdout, stderr } = process
  if (!stdout.isTTY || !stderr.isTTY || term === 'dumb') return {}
  const screen: Screen = {
    columns: () => stdout.columns || 80,
    rows: () => stdout.rows || 24,
    write: (text) => void stderr.write(text),
  }
  return { screen }
}

async function readAll(): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks).toString('utf8')
}

/** Questions go to standard error: standard output belongs to the result. */
function ask(question: string, hidden: boolean): Promise<string> {
  const output = hidden ? new Writable({ write: (_chunk, _encoding, done) => done() }) : process.stderr
  const lines = createInterface({ input: process.stdin, output, terminal: true })
  if (hidden) process.stderr.write(question)
  return new Promise((resolve) => {
    lines.question(hidden ? '' : question, (answer) => {
      lines.close()
      if (hidden) process.stderr.write('\n')
      resolve(answer)
    })
  })
}

/** `lockstep … | head`: the reader has enough, which is no error. */
function endQuietlyWhenNobodyReads(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit()
    throw error
  })
}
