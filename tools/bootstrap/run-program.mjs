import { spawn } from 'node:child_process'
import { delimiter } from 'node:path'

/** The environment with this Node first on PATH, so that every child (npm, scripts, workers) finds it too. */
export function withNodeFirst(node, env = process.env) {
  return { ...env, PATH: node.bin + delimiter + (env.PATH ?? '') }
}

/**
 * Runs a program to its end and returns its exit code and the tail of its output.
 * Its output goes to standard error as it comes, unless `quiet`.
 */
export function runProgram(command, args, { cwd, env = process.env, quiet = false } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
    let tail = ''
    const take = (chunk) => {
      tail = (tail + String(chunk)).slice(-8000)
      if (!quiet) process.stderr.write(chunk)
    }
    child.stdout.on('data', take)
    child.stderr.on('data', take)
    child.once('error', reject)
    child.once('close', (code) => resolve({ code: code ?? 1, tail: tail.trimEnd() }))
  })
}
