import type { CliIo } from '../cli-io.js'
import { LiveBlock } from '../output/live-block.js'
import { table } from '../output/table.js'
import { plainWord, type OperationView, type ResultView } from './app-view.js'

const TALK_MS = 10_000

/** Tells people how an operation goes on; never on standard output, which belongs to the result. */
export interface ProgressView {
  /** What it looks like now, `ms` after the command began to wait. */
  show(operation: OperationView, ms: number): void
  /** It is over, or nobody waits any more. */
  end(): void
}

/** On a terminal a table in place, elsewhere one line per change, and again every 10 s that it still runs. */
export function progressView(io: CliIo, name: string): ProgressView {
  return io.screen === undefined ? lineView(io, name) : tableView(new LiveBlock(io.screen), name)
}

function tableView(block: LiveBlock, name: string): ProgressView {
  return {
    show: (operation, ms) => block.show(progressText(operation, name, ms)),
    end: () => block.clear(),
  }
}

function progressText(operation: OperationView, name: string, ms: number): string {
  const { phase, message, results } = operation
  const head = `${name}  ${plainWord(phase)}  ${Math.floor(ms / 1000)} s  ${message}`
  if (results.length === 0) return table([], [[head]])
  const rows = results.map((result) => [
    result.kind,
    result.namespace,
    result.name,
    result.outcome.toLowerCase(),
    result.message,
  ])
  return table([], [[head]]) + table(['KIND', 'NAMESPACE', 'NAME', 'OUTCOME', 'MESSAGE'], rows)
}

function lineView(io: CliIo, name: string): ProgressView {
  const told = new Map<string, string>()
  let said = { message: '', at: 0 }
  return {
    show: ({ message, results }, ms) => {
      for (const result of results) {
        const [key, text] = [keyOf(result), `${result.outcome.toLowerCase()}: ${result.message}`]
        if (told.get(key) === text) continue
        told.set(key, text)
        io.err(table([], [[`${name}: ${key} ${text}`]]))
      }
      if (message === said.message && ms - said.at <= TALK_MS) return
      if (said.message !== '' || ms > TALK_MS) io.err(table([], [[`${name}: ${message}`]]))
      said = { message, at: ms }
    },
    end: () => undefined,
  }
}

function keyOf({ kind, namespace, name }: ResultView): string {
  return namespace === '' ? `${kind} ${name}` : `${kind} ${namespace}/${name}`
}
