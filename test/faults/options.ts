import { randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'
import type { FaultClass } from './fault-class.js'

export interface FaultOptions {
  readonly trials: number
  readonly seed: number
  readonly classes: readonly FaultClass[]
  readonly json?: string
  /** Runs nothing: counts what these series wrote. */
  readonly count?: readonly string[]
}

export const USAGE = `usage: npm run faults -- --trials N [--class F-01,K-03] [--seed S] [--json FILE]
       npm run faults -- --count FILE,FILE [--json FILE]`

/** Throws with a sentence for people. */
export function parseOptions(args: readonly string[], known: readonly FaultClass[]): FaultOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      trials: { type: 'string', default: '30' },
      class: { type: 'string' },
      seed: { type: 'string' },
      json: { type: 'string' },
      count: { type: 'string' },
    },
  })
  const trials = wholeNumber('trials', values.trials)
  const seed = values.seed === undefined ? randomInt(2 ** 31) : wholeNumber('seed', values.seed)
  const ids = values.class?.split(',').map((id) => id.trim())
  const unknown = ids?.filter((id) => !known.some((one) => one.id === id)) ?? []
  if (unknown.length > 0)
    throw new Error(
      `There is no class ${unknown.join(', ')}; known are ${known.map(({ id }) => id).join(', ')}.`,
    )
  const classes = ids === undefined ? known : known.filter(({ id }) => ids.includes(id))
  return {
    ...{ trials, seed, classes },
    ...(values.json !== undefined && { json: values.json }),
    ...(values.count !== undefined && { count: values.count.split(',') }),
  }
}

function wholeNumber(name: string, text: string): number {
  const number = Number(text)
  if (!Number.isInteger(number) || number < 0)
    throw new Error(`--${name} must be a whole number, not "${text}".`)
  return number
}
