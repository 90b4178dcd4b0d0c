import { parseArgs } from 'node:util'
import type { RepositoryShape, Variant } from './repository/manifests.js'

/** Run one after the other on one stage, after the first sync. */
const STAGED = ['A', 'B', 'C', 'D', 'F', 'J'] as const
/** Each has a stage of its own. */
const ALONE = ['B2', 'E', 'I'] as const

export type StagedWorkload = (typeof STAGED)[number]
export type Workload = StagedWorkload | (typeof ALONE)[number]
export type ContestantName = 'floor' | 'ours'
export type Roles = 'one' | 'split'
export type DryRunFirst = 'auto' | 'always' | 'never'

export interface BenchOptions {
  readonly workloads: readonly Workload[]
  readonly shape: RepositoryShape
  readonly rounds: number
  /** Commits (B, C, I) or edits (D) per round. */
  readonly repeats: number
  /** Pause between two of them. */
  readonly spacingMs: number
  /** Idle time before memory is read (F), and of B2. */
  readonly idleSeconds: number
  /** Seconds of load per operation of E. */
  readonly loadSeconds: number
  /** Restarts of J. */
  readonly restarts: number
  /** Unmanaged ConfigMaps of F; 0 leaves that part out. */
  readonly extra: number
  /** Simulated clusters of I. */
  readonly clusters: number
  readonly roles: Roles
  readonly dryRunFirst: DryRunFirst
  /** A also with a quarter of the applications: how does the time grow? */
  readonly growth: boolean
  readonly only?: ContestantName
  /** File for the JSON result. */
  readonly json?: string
}

export type Command =
  | { readonly kind: 'repository'; readonly folder: string; readonly shape: RepositoryShape }
  | { readonly kind: 'workloads'; readonly options: BenchOptions }
  | { readonly kind: 'all'; readonly options: BenchOptions }

export const USAGE = `usage: npm run bench -- repo DIR [--apps N] [--objects M] [--variant plain|cm1] [--seed S]
       npm run bench -- A|B|B2|C|D|E|F|I|J [--apps N] [--objects M] [--variant plain|cm1] [--rounds R]
                        [--repeats K] [--spacing MS] [--idle SECONDS] [--load SECONDS] [--restarts K]
                        [--extra OBJECTS] [--clusters N] [--roles one|split] [--dry-run-first auto|always|never]
                        [--growth] [--only floor|ours] [--json FILE]
       npm run bench -- A,C,D …     several of them, where possible on one stage
       npm run bench -- all [--apps N] [--json FILE]     everything, as one table with its limits`

/** Throws a sentence for people when an argument is wrong. */
export function parseCommand(args: readonly string[]): Command {
  const { values, positionals } = parsed(args)
  const [first = '', folder] = positionals
  const shape = shapeOf(values)
  if (first === 'repo') {
    if (folder === undefined) throw new Error('Cannot write a repository: name the folder')
    return { kind: 'repository', folder, shape }
  }
  if (first === 'all') return { kind: 'all', options: optionsOf(['A'], shape, values) }
  const workloads = first.split(',').map((word) => oneOf(word, [...STAGED, ...ALONE]))
  return { kind: 'workloads', options: optionsOf(workloads, shape, values) }
}

export function isStaged(workload: Workload): workload is StagedWorkload {
  return STAGED.some((one) => one === workload)
}

function parsed(args: readonly string[]) {
  return parseArgs({
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
      idle: { type: 'string' },
      load: { type: 'string', default: '5' },
      restarts: { type: 'string', default: '3' },
      extra: { type: 'string' },
      clusters: { type: 'string', default: '100' },
      roles: { type: 'string', default: 'one' },
      'dry-run-first': { type: 'string', default: 'auto' },
      growth: { type: 'boolean', default: false },
      only: { type: 'string' },
      json: { type: 'string' },
    },
  })
}

type Values = ReturnType<typeof parsed>['values']

function optionsOf(workloads: readonly Workload[], shape: RepositoryShape, values: Values): BenchOptions {
  return {
    workloads,
    shape,
    rounds: count('rounds', values.rounds),
    repeats: count('repeats', values.repeats ?? String(Math.min(200, shape.apps))),
    spacingMs: count('spacing', values.spacing),
    idleSeconds: count('idle', values.idle ?? (workloads.includes('B2') ? '900' : '60')),
    loadSeconds: count('load', values.load),
    restarts: count('restarts', values.restarts),
    extra: count('extra', values.extra ?? String(Math.min(20_000, shape.apps * 20))),
    clusters: count('clusters', values.clusters),
    roles: oneOf(values.roles, ['one', 'split']),
    dryRunFirst: oneOf(values['dry-run-first'], ['auto', 'always', 'never']),
    growth: values.growth,
    ...(values.only !== undefined && { only: oneOf(values.only, ['floor', 'ours']) }),
    ...(values.json !== undefined && { json: values.json }),
  }
}

function shapeOf(values: Values): RepositoryShape {
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
