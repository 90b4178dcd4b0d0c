import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { measuredOn } from './measured-on.js'
import { rounded } from './statistics.js'

/** One figure with its limit; without one it only explains the others. */
export interface Figure {
  readonly figure: string
  readonly value: number | null
  readonly most?: number
}

export interface Report {
  /** What was measured, in one sentence. */
  readonly what: string
  /** The sizes it was measured at. */
  readonly at: Readonly<Record<string, number | string>>
  readonly figures: readonly Figure[]
}

const DIGITS = 3

/** Prints a report and writes it where `json` says. Answers whether every limit is kept: what was not measured is not. */
export async function tell({ what, at, figures }: Report, json?: string): Promise<boolean> {
  const told = figures.map((one) => ({
    ...one,
    value: rounded(one.value, DIGITS),
    ...(one.most !== undefined && { met: keeps(one) }),
  }))
  const text = `${JSON.stringify({ what, at, ...measuredOn(), figures: told }, null, 2)}\n`
  process.stdout.write(text)
  if (json !== undefined) {
    await mkdir(dirname(resolve(json)), { recursive: true })
    await writeFile(json, text)
  }
  return figures.every(keeps)
}

function keeps({ value, most }: Figure): boolean {
  return most === undefined || (value !== null && value <= most)
}
