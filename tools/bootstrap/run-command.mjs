import { spawn } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { withNodeFirst } from './run-program.mjs'

const follower = pathToFileURL(join(dirname(fileURLToPath(import.meta.url)), 'follow-parent.mjs')).href

/**
 * Runs the command in place of this process: same streams, signals forwarded, same exit code. Descriptor 3 ties the
 * two lives together: when this process ends, however it ends, the command is told to stop.
 */
export function runCommand(node, args) {
  const child = spawn(node.program, ['--import', follower, ...args], {
    stdio: ['inherit', 'inherit', 'inherit', 'pipe'],
    env: { ...withNodeFirst(node), LOCKSTEP_STARTER: String(process.pid) },
  })
  child.stdio[3].on('error', () => undefined)
  // A terminal sends Ctrl-C to the whole group, so the child already has it.
  process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'))
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.once('error', (error) => {
    process.stderr.write(`Cannot run ${node.program}: ${error.message}\n`)
    process.exit(1)
  })
  child.once('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1)
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
  })
}
