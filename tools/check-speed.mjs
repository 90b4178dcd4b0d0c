/**
 * The speed gate: each workload of `bench/limits.json`, small, against the floor of the same round. Fails when a ratio
 * (or the calls per object) is over its limit in two runs out of two: one run on a busy machine may be unlucky.
 */
import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { root } from './gates/run-gates.mjs'

const { apps, rounds, repeats, spacing, limits } = JSON.parse(
  await readFile(join(root, 'bench/limits.json'), 'utf8'),
)
const faults = []

for (const [workload, limit] of Object.entries(limits)) {
  const first = await faultsOf(workload, limit)
  const again = first.some((fault) => !fault.broken) ? await faultsOf(workload, limit) : first
  faults.push(...again)
}
for (const fault of faults) process.stdout.write(`${fault.sentence}\n`)
process.exit(faults.length > 0 ? 1 : 0)

async function faultsOf(workload, limit) {
  const summary = await run(workload)
  if (summary === undefined) {
    return [{ broken: true, sentence: `${workload}: the benchmark failed, see above` }]
  }
  const measured = { ratio: summary.ratio.median, calls_per_object: summary.calls_per_object }
  return Object.entries(limit)
    .filter(([key, most]) => measured[key] === null || measured[key] > most)
    .map(([key, most]) => ({ sentence: `${workload}: ${key} is ${measured[key]}, the limit is ${most}` }))
}

/** The summary, or undefined when the run failed. */
async function run(workload) {
  const json = join('.lockstep', `bench-${workload}.json`)
  const size = [
    '--apps',
    apps,
    '--rounds',
    rounds,
    '--repeats',
    repeats,
    '--spacing',
    spacing,
    '--json',
    json,
  ]
  const child = spawn(process.execPath, ['dist/bench/main.js', workload, ...size.map(String)], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const code = await new Promise((resolve) => {
    child.once('error', () => resolve(1))
    child.once('exit', resolve)
  })
  return code === 0 ? JSON.parse(await readFile(join(root, json), 'utf8')).summary : undefined
}
