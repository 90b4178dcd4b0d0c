import { execFileSync } from 'node:child_process'
import { cpus, totalmem } from 'node:os'

export interface MeasuredOn {
  readonly commit: string
  readonly machine: string
}

/** The commit that is checked out, and the machine; `unknown` outside a clone. */
export function measuredOn(): MeasuredOn {
  return {
    commit: commit(),
    machine: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`,
  }
}

function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short=12', 'HEAD'], { encoding: 'utf8' }).trim()
  } catch {
    return 'unknown'
  }
}
