/** `npm run bench -- …`: measures the product against the least that could be done, see bench/README.md. */
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { type Round, ratioOf, resultOf } from './measure/result.js'
import { type BenchOptions, type Command, USAGE, parseCommand } from './options.js'
import { writeRepository } from './repository/write-repository.js'
import { runRound } from './workloads/run-round.js'

const command = parsed()
if (command.kind === 'repository') {
  const commit = await writeRepository(resolve(command.folder), command.shape)
  process.stdout.write(`${commit}\n`)
} else {
  await runWorkload(command.options)
}
// Watches that are still open must not keep the process.
process.exit()

async function runWorkload(options: BenchOptions): Promise<void> {
  const rounds: Round[] = []
  for (let number = 1; number <= options.rounds; number += 1) {
    const round = await runRound(options)
    rounds.push(round)
    process.stderr.write(`${options.workload} round ${number}/${options.rounds}: ${sentence(round)}\n`)
  }
  const result = resultOf(options, rounds)
  const text = `${JSON.stringify(result, null, 2)}\n`
  if (options.json !== undefined) {
    await mkdir(dirname(resolve(options.json)), { recursive: true })
    await writeFile(options.json, text)
  }
  process.stdout.write(options.json === undefined ? text : `${JSON.stringify(result.summary)}\n`)
}

function sentence(round: Round): string {
  const sides = Object.entries(round).map(([name, one]) => {
    if (one === null) return `${name} -`
    const time = one.p50_ms === null ? `${one.wall_s} s` : `p50 ${one.p50_ms} ms, p95 ${one.p95_ms} ms`
    return `${name} ${time}, ${one.calls} calls, ${one.cpu_s} CPU-s, ${one.pss_mb} MB`
  })
  return `${sides.join(' | ')} | ratio ${ratioOf(round) ?? '-'}`
}

function parsed(): Command {
  try {
    return parseCommand(process.argv.slice(2))
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${USAGE}\n`)
    process.exit(2)
  }
}
