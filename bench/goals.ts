import type { Result, Summary } from './measure/result.js'
import type { BenchOptions, Workload } from './options.js'

/** One run of `all`: workloads that share a shape and settings. */
export interface Step {
  readonly name: string
  readonly workloads: readonly Workload[]
  readonly change: (base: BenchOptions) => Partial<BenchOptions>
}

export interface Goal {
  readonly of: string
  readonly figure: string
  readonly value: (of: Lookup) => number | null
  readonly most?: number
  readonly least?: number
}

/** The summary of a workload of a step, when it ran. */
export type Lookup = (step: string, workload: Workload) => Summary | undefined

const times =
  (factor: number) =>
  ({ shape }: BenchOptions) => ({ shape: { ...shape, apps: shape.apps * factor } })

const cm1 =
  (factor: number) =>
  ({ shape }: BenchOptions): Partial<BenchOptions> => ({
    shape: { ...shape, apps: shape.apps * factor, objects: 1, variant: 'cm1' },
  })

export const STEPS: readonly Step[] = [
  { name: 'plain', workloads: ['A', 'F', 'B', 'C', 'D', 'J'], change: () => ({}) },
  { name: 'always', workloads: ['A'], change: () => ({ dryRunFirst: 'always', only: 'ours' }) },
  { name: 'double', workloads: ['A'], change: times(2) },
  { name: 'cm1', workloads: ['A', 'B'], change: (base) => ({ ...cm1(10)(base), growth: true }) },
  { name: 'lists', workloads: ['E'], change: () => ({}) },
  { name: 'lists10', workloads: ['E'], change: times(10) },
  { name: 'clusters', workloads: ['I'], change: () => ({}) },
  { name: 'split', workloads: ['A', 'F', 'C'], change: () => ({ roles: 'split', extra: 0 }) },
  { name: 'steady', workloads: ['B2'], change: ({ idleSeconds }) => ({ idleSeconds: idleSeconds * 15 }) },
]

const ratio = (summary: Summary | undefined): number | null => summary?.ratio.median ?? null
const figure = (summary: Summary | undefined, name: string): number | null => summary?.figures[name] ?? null
const by = (a: number | null | undefined, b: number | null | undefined): number | null =>
  a == null || b == null || b === 0 ? null : a / b

/** What must hold; a goal without a bound is shown for information. */
export const GOALS: readonly Goal[] = [
  { of: 'A plain', figure: 'ours by floor', value: (at) => ratio(at('plain', 'A')), most: 1.5 },
  {
    of: 'A plain',
    figure: 'calls per object',
    value: (at) => at('plain', 'A')?.calls_per_object ?? null,
    most: 1.1,
  },
  { of: 'A plain', figure: 'CPU-s of ours', value: (at) => at('plain', 'A')?.cpu_s ?? null, most: 20 },
  { of: 'A plain', figure: 'peak MB', value: (at) => figure(at('plain', 'A'), 'pss_peak_mb') },
  {
    of: 'A always',
    figure: 'calls per object',
    value: (at) => at('always', 'A')?.calls_per_object ?? null,
    most: 2.1,
  },
  {
    of: 'A double',
    figure: 'ratio by ratio of A plain',
    value: (at) => by(ratio(at('double', 'A')), ratio(at('plain', 'A'))),
    most: 1.1,
  },
  { of: 'A cm1 × 10', figure: 'ours by floor', value: (at) => ratio(at('cm1', 'A')), most: 1.7 },
  { of: 'A cm1 × 10', figure: 'peak MB', value: (at) => figure(at('cm1', 'A'), 'pss_peak_mb'), most: 900 },
  {
    of: 'A cm1 × 10',
    figure: 'exponent of wall time',
    value: (at) => figure(at('cm1', 'A'), 'wall_exponent'),
    most: 1.2,
  },
  {
    of: 'A cm1 × 10',
    figure: 'exponent of CPU time',
    value: (at) => figure(at('cm1', 'A'), 'cpu_exponent'),
    most: 1.2,
  },
  { of: 'B', figure: 'p50 ms', value: (at) => at('plain', 'B')?.p50_ms ?? null },
  { of: 'B', figure: 'ours by floor', value: (at) => ratio(at('plain', 'B')), most: 5 },
  {
    of: 'B',
    figure: 'cluster calls',
    value: (at) => figure(at('plain', 'B'), 'calls_during_commits'),
    most: 0,
  },
  { of: 'B', figure: 'renders', value: (at) => figure(at('plain', 'B'), 'renders'), most: 0 },
  {
    of: 'B',
    figure: 'application rows written',
    value: (at) => figure(at('plain', 'B'), 'application_rows'),
    most: 0,
  },
  {
    of: 'B',
    figure: 'CPU-s per commit',
    value: (at) => figure(at('plain', 'B'), 'cpu_s_per_commit'),
    most: 0.3,
  },
  {
    of: 'B cm1 × 10',
    figure: 'p50 by p50 of B',
    value: (at) => by(at('cm1', 'B')?.p50_ms, at('plain', 'B')?.p50_ms),
    most: 1.3,
  },
  { of: 'C', figure: 'p50 by floor', value: (at) => ratio(at('plain', 'C')), most: 2 },
  { of: 'C', figure: 'p95 ms', value: (at) => at('plain', 'C')?.p95_ms ?? null, most: 250 },
  {
    of: 'C split',
    figure: 'p50 by p50 of C',
    value: (at) => by(at('split', 'C')?.p50_ms, at('plain', 'C')?.p50_ms),
    most: 1.3,
  },
  { of: 'C split', figure: 'p50 by floor', value: (at) => ratio(at('split', 'C')), most: 2 },
  { of: 'C split', figure: 'p95 ms', value: (at) => at('split', 'C')?.p95_ms ?? null, most: 250 },
  { of: 'D', figure: 'p50 by floor', value: (at) => ratio(at('plain', 'D')), most: 4 },
  { of: 'D', figure: 'p50 ms', value: (at) => at('plain', 'D')?.p50_ms ?? null, most: 15 },
  { of: 'D', figure: 'p95 ms', value: (at) => at('plain', 'D')?.p95_ms ?? null, most: 40 },
  ...listGoals('E', 'lists'),
  ...listGoals('E × 10', 'lists10'),
  { of: 'F', figure: 'MB with Postgres', value: (at) => at('plain', 'F')?.pss_mb ?? null, most: 450 },
  {
    of: 'F',
    figure: 'bytes per watched object',
    value: (at) => figure(at('plain', 'F'), 'bytes_per_watched_object'),
    most: 1024,
  },
  {
    of: 'F split',
    figure: 'MB with Postgres and Redis',
    value: (at) => at('split', 'F')?.pss_mb ?? null,
    most: 650,
  },
  {
    of: 'B2',
    figure: '% of a core',
    value: (at) => figure(at('steady', 'B2'), 'percent_of_a_core'),
    most: 1,
  },
  {
    of: 'B2',
    figure: 'calls besides watches',
    value: (at) => figure(at('steady', 'B2'), 'calls_besides_watches'),
    most: 0,
  },
  { of: 'J', figure: 'p95 ms after a restart', value: (at) => at('plain', 'J')?.p95_ms ?? null, most: 5000 },
  { of: 'J', figure: 'ms after a kill', value: (at) => figure(at('plain', 'J'), 'after_kill_ms') },
  {
    of: 'I',
    figure: 'p95 by p95 of all healthy',
    value: (at) => figure(at('clusters', 'I'), 'p95_by_healthy'),
    most: 1.2,
  },
]

function listGoals(of: string, step: string): readonly Goal[] {
  return [
    { of, figure: 'pages a second', value: (at) => at(step, 'E')?.requests_per_s ?? null, least: 1500 },
    { of, figure: 'pages by floor', value: (at) => ratio(at(step, 'E')) },
    {
      of,
      figure: 'filter by sync, a second',
      value: (at) => figure(at(step, 'E'), 'filter_per_s'),
      least: 1500,
    },
    { of, figure: 'free text, a second', value: (at) => figure(at(step, 'E'), 'text_per_s'), least: 1500 },
    { of, figure: 'get one, a second', value: (at) => figure(at(step, 'E'), 'get_per_s') },
    { of, figure: 'p99 ms at 500 a second', value: (at) => at(step, 'E')?.p99_ms ?? null, most: 20 },
    {
      of,
      figure: '5,000 policy lines by 10',
      value: (at) => figure(at(step, 'E'), 'many_by_few_lines'),
      most: 1.2,
    },
  ]
}

/** A goal whose workload did not run is not met. */
export function isMet({ most, least }: Goal, value: number | null): boolean {
  if (most === undefined && least === undefined) return true
  return value !== null && (most === undefined || value <= most) && (least === undefined || value >= least)
}

export function lookupIn(results: ReadonlyMap<string, readonly Result[]>): Lookup {
  return (step, workload) => results.get(step)?.find((one) => one.workload === workload)?.summary
}
