/** `npm run faults -- …`: trials of faults against the built product, see test/faults/README.md. */
import { execFile } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { promisify } from 'node:util'
import { ROOT } from '../support/running-product.js'
import { CLASSES, UNCOVERED } from './catalog.js'
import { countSeries } from './count.js'
import { type FaultOptions, USAGE, parseOptions } from './options.js'
import { summaryOf } from './summary.js'
import { runSeries } from './run-series.js'

const options = parsed()
if (options.count !== undefined) {
  const { each, ...counted } = await countSeries(options.count)
  await store({ ...counted, each })
  process.stdout.write(`${JSON.stringify({ ...counted, series: counted.series.length }, null, 2)}\n`)
  process.exit(0)
}
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
      `${number}/${options.trials} ${result.id} ${result.variant}: ${result.outcome} ${words} (${result.seconds} s)\n`,
    )
  },
  stop.signal,
)
const summary = { commit: await commitOfBuild(), ...summaryOf(results, options) }
await store({ ...summary, uncovered: UNCOVERED })
process.stdout.write(`${summary.sentence}\n`)
process.exit(summary.failed > 0 ? 1 : 0)

async function store(result: object): Promise<void> {
  if (options.json === undefined) return
  await mkdir(dirname(resolve(options.json)), { recursive: true })
  await writeFile(options.json, `${JSON.stringify(result, null, 2)}\n`)
}

function parsed(): FaultOptions {
  try {
    return parseOptions(process.argv.slice(2), CLASSES)
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${USAGE}\n`)
    process.exit(2)
  }
}

/** What was tried; `-dirty` when the sources had changes that are in no commit. */
async function commitOfBuild(): Promise<string> {
  const git = promisify(execFile)
  const { stdout } = await git('git', ['-C', ROOT, 'describe', '--always', '--dirty'])
  return stdout.trim()
}
