/** `npm run faults -- …`: trials of faults against the built product, see test/faults/README.md. */
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { CLASSES, UNCOVERED } from './catalog.js'
import { type FaultOptions, USAGE, parseOptions } from './options.js'
import { summaryOf } from './summary.js'
import { runSeries } from './run-series.js'

const options = parsed()
process.stderr.write(`faults: --trials ${options.trials} --seed ${options.seed}\n`)
// A long series that is told to end writes down what it has.
const stop = new AbortController()
for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => stop.abort())
const results = await runSeries(
  options,
  (result, number) => {
    const words =
      result.outcome === 'clean' ? `${result.figures['recoveryMs'] ?? '-'} ms` : result.violations.join(' | ')
    process.stderr.write(
      `${number}/${options.trials} ${result.id} ${result.variant}: ${result.outcome} ${words}\n`,
    )
  },
  stop.signal,
)
const summary = summaryOf(results, options)
if (options.json !== undefined) {
  await mkdir(dirname(resolve(options.json)), { recursive: true })
  await writeFile(options.json, `${JSON.stringify({ ...summary, uncovered: UNCOVERED }, null, 2)}\n`)
}
process.stdout.write(`${summary.sentence}\n`)
process.exit(summary.failed > 0 ? 1 : 0)

function parsed(): FaultOptions {
  try {
    return parseOptions(process.argv.slice(2), CLASSES)
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${USAGE}\n`)
    process.exit(2)
  }
}
