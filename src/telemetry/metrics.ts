import type { CounterName, GaugeName, HistogramName, LabelsOf } from './metric-table.js'

/** One value of a gauge. */
export type Sample = {
  readonly [Name in GaugeName]: {
    readonly name: Name
    readonly labels: LabelsOf<Name>
    readonly value: number
  }
}[GaugeName]

/** Facts for one page, read when somebody asks. What it throws costs its own facts only. */
export interface FactSource {
  readonly name: string
  samples(): Promise<readonly Sample[]>
}

/**
 * Counts and times what happens; answers the page that monitoring reads. Labels never hold a secret, and beyond a bound
 * of series all further ones count as `other`. Calls never throw and never wait.
 */
export abstract class Metrics {
  abstract count<Name extends CounterName>(name: Name, labels: LabelsOf<Name>, by?: number): void
  abstract observe<Name extends HistogramName>(name: Name, labels: LabelsOf<Name>, seconds: number): void
  abstract add(source: FactSource): void
  /** In the text format of Prometheus; bounded in time, whatever the sources do. */
  abstract page(): Promise<{ readonly contentType: string; readonly text: string }>
}

/** Counts nothing. */
class NoMetrics extends Metrics {
  override count(): void {
    // Nobody reads it.
  }
  override observe(): void {
    // Nobody reads it.
  }
  override add(): void {
    // Nobody reads it.
  }
  override async page() {
    return { contentType: 'text/plain', text: '' }
  }
}

export const noMetrics: Metrics = new NoMetrics()
