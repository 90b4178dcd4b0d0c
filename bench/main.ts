/** `npm run bench -- …`: measures the product against the least that could be done, see bench/README.md. */
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { closeAll } from './closers.js'
import { type BenchOptions, type Command, USAGE, parseCommand } from './options.js'
import { writeRepository } from './repository/write-repository.js'
import { runAll } from './run-all.js'
import { runWorkloads } from './run-workloads.js'

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void end(130))

try {
  await run(parsed())
  await end(0)
} catch (error) {
  process.stderr.write(`Error: ${error instanceof Error ? error.message : String(error)}\n`)
  await end(1)
}

async function run(command: Command): Promise<void> {
  if (command.kind === 'repository') {
    const commit = await writeRepository(resolve(command.folder), command.shape)
    process.stdout.write(`${commit}\n`)
  } else if (command.kind === 'all') {
    const { results, table, met } = await runAll(command.options)
    await save(command.options, { results })
    process.stdout.write(`${table}\n`)
    if (!met) await end(1)
  } else {
    const results = await runWorkloads(command.options)
    await save(command.options, results.length === 1 ? results[0] : { results })
    const short = results.map(({ workload, summary }) => JSON.stringify({ workload, ...summary }))
    process.stdout.write(`${short.join('\n')}\n`)
  }
}

async function save({ json }: BenchOptions, results: unknown): Promise<void> {
  if (json === undefined) return
  await mkdir(dirname(resolve(json)), { recursive: true })
  await writeFile(json, `${JSON.stringify(results, null, 2)}\n`)
}

/** Watches that are still open must not keep the process. */
async function end(code: number): Promise<never> {
  await closeAll()
  process.exit(code)
}

function parsed(): Command {
  try {
    return parseCommand(process.argv.slice(2))
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${USAGE}\n`)
    process.exit(2)
  }
}
