/**
 * The speed gate: the workloads of `bench/limits.json`, small, against the floor of the same round. Fails when a figure
 * is over its limit in two runs out of two: one run on a busy machine may be unlucky.
 */
import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { root } from './gates/run-gates.mjs'

const { limits, ...size } = JSON.parse(await readFile(join(root, 'bench/limits.json'), 'utf8'))

let faults = await faultsOf(Object.keys(limits))
const unlucky = faults.filter((fault) => !fault.broken).map(({ workload }) => workload)
if (unlucky.length > 0) {
  const again = await faultsOf([...new Set(unlucky)])
  faults = [...faults.filter(({ broken }) => broken), ...again]
}
for (const fault of faults) process.stdout.write(`${fault.sentence}\n`)
process.exit(faults.length > 0 ? 1 : 0)

async function faultsOf(workloads) {
  const summaries = await run(workloads)
  return workloads.flatMap((workload) => {
    const summary = summaries?.[workload]
    if (summary === undefined) {
      return [{ workload, broken: true, sentence: `${workload}: the benchmark failed, see above` }]
    }
    const measured = { ...summary, ...summary.figures, ratio: summary.ratio.median }
    return Object.entries(limits[workload])
      .filter(([key, most]) => measured[key] == null || measured[key] > most)
      .map(([key, most]) => ({
        workload,
        sentence: `${workload}: ${key} is ${measured[key]}, the limit is ${most}`,
      }))
  })
}

/** The summary of each workload, or undefined when the run failed. */
async function run(workloads) {
  const json = join('.lockstep', 'bench.json')
  const sizes = Object.entries(size).flatMap(([name, value]) => [`--${name}`, String(value)])
  const words = [workloads.join(','), '--rounds', '1', ...sizes, '--json', json]
  const child = spawn(process.execPath, ['dist/bench/main.js', ...words], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const code = await new Promise((resolve) => {
    child.once('error', () => resolve(1))
    child.once('exit', resolve)
  })
  if (code !== 0) return undefined
  const saved = JSON.parse(await readFile(join(root, json), 'utf8'))
  const results = saved.results ?? [saved]
  return Object.fromEntries(results.map(({ workload, summary }) => [workload, summary]))
}
