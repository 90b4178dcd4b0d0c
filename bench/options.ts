import { parseArgs } from 'node:util'
import type { RepositoryShape, Variant } from './repository/manifests.js'

export type Workload = 'A' | 'C' | 'D' | 'F'
export type ContestantName = 'floor' | 'ours'

export interface BenchOptions {
  readonly workload: Workload
  readonly shape: RepositoryShape
  readonly rounds: number
  /** Commits (C) or edits (D) per round. */
  readonly repeats: number
  /** Pause between two of them. */
  readonly spacingMs: number
  /** Idle time before memory is read (F). */
  readonly idleSeconds: number
  readonly only?: ContestantName
  /** File for the JSON result. */
  readonly json?: string
}

export type Command =
  | { readonly kind: 'repository'; readonly folder: string; readonly shape: RepositoryShape }
  | { readonly kind: 'workload'; readonly options: BenchOptions }

export const USAGE = `usage: npm run bench -- repo DIR [--apps N] [--objects M] [--variant plain|cm1] [--seed S]
       npm run bench -- A|C|D|F [--apps N] [--objects M] [--rounds R] [--repeats K] [--spacing MS]
                        [--idle SECONDS] [--only floor|ours] [--json FILE]`

/** Throws a sentence for people when an argument is wrong. */
export function parseCommand(args: readonly string[]): Command {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      apps: { type: 'string', default: '50' },
      objects: { type: 'string' },
      variant: { type: 'string', default: 'plain' },
      seed: { type: 'string', default: '1' },
      rounds: { type: 'string', default: '3' },
      repeats: { type: 'string' },
      spacing: { type: 'string', default: '1000' },
      idle: { type: 'string', default: '60' },
      only: { type: 'string' },
      json: { type: 'string' },
    },
  })
  const [first = '', folder] = positionals
  const shape = shapeOf(values)
  if (first === 'repo') {
    if (folder === undefined) throw new Error('Cannot write a repository: name the folder')
    return { kind: 'repository', folder, shape }
  }
  const options: BenchOptions = {
    workload: oneOf(first, ['A', 'C', 'D', 'F']),
    shape,
    rounds: count('rounds', values.rounds),
    repeats: count('repeats', values.repeats ?? String(Math.min(200, shape.apps))),
    spacingMs: count('spacing', values.spacing),
    idleSeconds: count('idle', values.idle),
    ...(values.only !== undefined && { only: oneOf(values.only, ['floor', 'ours']) }),
    ...(values.json !== undefined && { json: values.json }),
  }
  return { kind: 'workload', options }
}

function shapeOf(values: {
  readonly apps: string
  readonly objects?: string
  readonly variant: string
  readonly seed: string
}): RepositoryShape {
  const variant: Variant = oneOf(values.variant, ['plain', 'cm1'])
  return {
    apps: count('apps', values.apps),
    objects: count('objects', values.objects ?? (variant === 'cm1' ? '1' : '10')),
    variant,
    seed: count('seed', values.seed),
  }
}

function count(name: string, text: string): number {
  const value = Number(text)
  if (Number.isInteger(value) && value >= 0) return value
  throw new Error(`--${name} ${text}: a whole number is needed`)
}

function oneOf<T extends string>(text: string, words: readonly T[]): T {
  const word = words.find((one) => one === text)
  if (word !== undefined) return word
  throw new Error(`"${text}": one of ${words.join(', ')} is needed`)
}
