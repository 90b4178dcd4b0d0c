import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client'
import {
  COUNTERS,
  GAUGES,
  HISTOGRAMS,
  type CounterName,
  type GaugeName,
  type HistogramName,
  type LabelsOf,
} from '../metric-table.js'
import { Metrics, type FactSource, type Sample } from '../metrics.js'

export interface PrometheusMetricsOptions {
  /** How long one source of facts may take. Default 5 s. */
  readonly sourceTimeoutMs?: number
  /** Series of one counter or histogram. Default 5,000. */
  readonly mostSeries?: number
  /** Memory, CPU and the like of the process. Default true. */
  readonly ofProcess?: boolean
}

type Labels = Readonly<Record<string, string>>

/** Metrics by prom-client, in a registry of their own. */
export class PrometheusMetrics extends Metrics {
  readonly #registry = new Registry()
  readonly #counters: ReadonlyMap<string, Counter>
  readonly #histograms: ReadonlyMap<string, Histogram>
  readonly #gauges: ReadonlyMap<string, Gauge>
  readonly #series = new Map<string, Set<string>>()
  readonly #sources: FactSource[] = []
  readonly #options: PrometheusMetricsOptions

  constructor(options: PrometheusMetricsOptions = {}) {
    super()
    this.#options = options
    const registers = [this.#registry]
    this.#counters = named(COUNTERS, (name, { help, labels }) => {
      return new Counter({ name, help, labelNames: [...labels], registers })
    })
    this.#histograms = named(HISTOGRAMS, (name, { help, labels, buckets }) => {
      return new Histogram({ name, help, labelNames: [...labels], buckets: [...buckets], registers })
    })
    this.#gauges = named(GAUGES, (name, { help, labels }) => {
      return new Gauge({ name, help, labelNames: [...labels], registers })
    })
    if (options.ofProcess !== false) collectDefaultMetrics({ register: this.#registry, prefix: 'lockstep_' })
  }

  override count<Name extends CounterName>(name: Name, labels: LabelsOf<Name>, by = 1): void {
    this.#counters.get(name)?.inc(this.#bounded(name, labels), by)
  }

  override observe<Name extends HistogramName>(name: Name, labels: LabelsOf<Name>, seconds: number): void {
    this.#histograms.get(name)?.observe(this.#bounded(name, labels), seconds)
  }

  override add(source: FactSource): void {
    this.#sources.push(source)
  }

  override async page() {
    const read = await Promise.all(this.#sources.map((source) => this.#read(source)))
    // All at once and without waiting in between: two readers of one moment must not mix their facts.
    for (const gauge of this.#gauges.values()) gauge.reset()
    for (const { name, labels, value } of read.flat()) this.#gauges.get(name)?.set(labels, value)
    return { contentType: this.#registry.contentType, text: await this.#registry.metrics() }
  }

  async #read(source: FactSource): Promise<readonly Sample[]> {
    const late = Promise.withResolvers<never>()
    const timer = setTimeout(() => late.reject(new Error('late')), this.#options.sourceTimeoutMs ?? 5_000)
    try {
      return await Promise.race([source.samples(), late.promise])
    } catch {
      this.count('lockstep_scrape_errors_total', { source: source.name })
      return []
    } finally {
      clearTimeout(timer)
    }
  }

  /** The labels, or `other` for all of them once there are too many series. */
  #bounded(name: CounterName | HistogramName, labels: Labels): Labels {
    const known = this.#series.get(name) ?? new Set<string>()
    this.#series.set(name, known)
    const key = Object.values(labels).join('\u0000')
    if (known.has(key)) return labels
    if (known.size >= (this.#options.mostSeries ?? 5_000)) {
      return Object.fromEntries(Object.keys(labels).map((label) => [label, 'other']))
    }
    known.add(key)
    return labels
  }
}

function named<Name extends CounterName | HistogramName | GaugeName, Facts, Metric>(
  table: Readonly<Record<Name, Facts>>,
  make: (name: Name, facts: Facts) => Metric,
): ReadonlyMap<string, Metric> {
  const entries = Object.entries(table) as [Name, Facts][]
  return new Map(entries.map(([name, facts]) => [name, make(name, facts)]))
}
