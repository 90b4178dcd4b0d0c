/**
 * Runs a command that must not outlive its starter: `node tools/supervise.mjs [--uid N] [--gid N] -- command args…`.
 * When standard input closes (the starter ended, however it ended) or on SIGTERM, the child is asked to stop with SIGINT (Postgres:
 * fast shutdown), then SIGQUIT, then SIGKILL. The first line of standard output is the child's pid.
 */
import { spawn } from 'node:child_process'

const STEPS = [
  { signal: 'SIGINT', afterMs: 0 },
  { signal: 'SIGQUIT', afterMs: 10_000 },
  { signal: 'SIGKILL', afterMs: 15_000 },
]

const [options, command] = readArguments(process.argv.slice(2))
const child = spawn(command[0], command.slice(1), {
  stdio: ['ignore', 'inherit', 'inherit'],
  detached: true,
  cwd: '/',
  ...options,
})
child.once('spawn', () => process.stdout.write(`${child.pid}\n`))
child.once('error', (error) => {
  process.stderr.write(`Cannot start ${command[0]}: ${error.message}\n`)
  process.exit(127)
})
child.once('exit', (code) => process.exit(code ?? 1))

process.on('SIGINT', () => undefined)
process.on('SIGHUP', () => undefined)
process.on('SIGTERM', end)
process.stdin.resume()
process.stdin.once('end', end)
process.stdin.once('error', end)

function end() {
  for (const { signal, afterMs } of STEPS) setTimeout(() => child.kill(signal), afterMs)
}

/** Splits the own options from the command after `--`. */
function readArguments(words) {
  const split = words.indexOf('--')
  if (split < 0 || split === words.length - 1) {
    process.stderr.write('usage: node tools/supervise.mjs [--uid N] [--gid N] -- command args\n')
    process.exit(2)
  }
  const own = {}
  for (let i = 0; i < split; i += 2) {
    if (words[i] === '--uid') own.uid = Number(words[i + 1])
    if (words[i] === '--gid') own.gid = Number(words[i + 1])
  }
  return [own, words.slice(split + 1)]
}
