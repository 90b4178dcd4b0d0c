import { spawn } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readTestCounts } from './read-test-counts.mjs'

/** Long gates say that they live, so that nobody (and no CI) takes them for hung. */
const HEARTBEAT_MS = 15_000

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')

/**
 * Runs gates one after the other and prints one line each. A gate is `{ name, args }` for a program run by this Node,
 * with `report` when it is a vitest run that writes its results there, and `live` when its output is to be shown as it
 * comes. The output of a gate that fails is printed in full; the others still run.
 */
export async function runGates(gates) {
  const results = []
  for (const gate of gates) {
    const result = await runGate(gate)
    const mark = result.passed ? 'ok  ' : 'FAIL'
    process.stdout.write(
      `${mark} ${gate.name.padEnd(22)} ${result.seconds.toFixed(1).padStart(6)} s${said(result)}\n`,
    )
    if (!result.passed && !gate.live) process.stdout.write(`${indent(result.output)}\n`)
    results.push(result)
  }
  return results
}

/** Sums gates and tests: a gate counts as one, a vitest run as its tests (and as one failure if it broke before them). */
export function sumOf(results) {
  const total = { passed: 0, failed: 0, skipped: 0 }
  for (const { counts } of results) for (const key of Object.keys(total)) total[key] += counts[key]
  return total
}

async function runGate(gate) {
  const started = Date.now()
  const report = gate.report === undefined ? undefined : join(root, gate.report)
  if (report !== undefined) await rm(report, { force: true })
  const { code, output } = await run(gate)
  const counts = await countsOf(code, report)
  return {
    name: gate.name,
    passed: counts.failed === 0,
    counts,
    output,
    tests: report !== undefined,
    seconds: (Date.now() - started) / 1000,
  }
}

async function countsOf(code, report) {
  if (report === undefined) return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 }
  const counts = await readTestCounts(report)
  // The run itself broke (no report, an unhandled error, a file that does not load): never silently green.
  if (code !== 0 && counts.failed === 0) return { ...counts, failed: 1 }
  return counts
}

function run({ name, args, live = false }) {
  return new Promise((resolve) => {
    const started = Date.now()
    const tell = () =>
      process.stderr.write(`${name}: running for ${Math.round((Date.now() - started) / 1000)} s\n`)
    const heartbeat = setInterval(tell, HEARTBEAT_MS)
    const child = spawn(process.execPath, args, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    const take = (chunk) => {
      output = (output + String(chunk)).slice(-60_000)
      if (live) process.stderr.write(chunk)
    }
    child.stdout.on('data', take)
    child.stderr.on('data', take)
    child.once('error', (error) => resolve({ code: 1, output: error.message }))
    child.once('close', (code) => {
      clearInterval(heartbeat)
      resolve({ code: code ?? 1, output: output.trimEnd() })
    })
  })
}

function said({ tests, counts }) {
  if (!tests) return ''
  const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : ''
  return `  ${counts.passed} passed, ${counts.failed} failed${skipped}`
}

function indent(text) {
  return text.replace(/^/gm, '     ')
}
