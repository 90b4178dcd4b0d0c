import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { ROOT } from './running-product.js'

export interface Ending {
  readonly code: number | null
  /** Standard output and standard error. */
  readonly output: string
}

/** Starts the built all-in-one, which is expected to end by itself; it is killed after `withinMs`. */
export function startProgram(env: Readonly<Record<string, string>>, withinMs: number): Promise<Ending> {
  return runToEnd([join(ROOT, 'dist/src/main/all-in-one.js')], { ...process.env, ...env }, withinMs)
}

/** Runs Node with these words to its end, in a process group of its own. */
export async function runToEnd(
  words: readonly string[],
  env: NodeJS.ProcessEnv,
  withinMs: number,
): Promise<Ending> {
  const child = spawn(process.execPath, words, { env, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text))
  }
  const impatience = setTimeout(() => child.kill('SIGKILL'), withinMs)
  const [code] = (await once(child, 'close')) as [number | null]
  clearTimeout(impatience)
  return { code, output }
}
