import { COUNTERS, GAUGES, HISTOGRAMS } from './metric-table.js'

interface Facts {
  readonly help: string
  readonly labels: readonly string[]
}

/** docs/operator/metrics.md, from the table that the metrics are made of. */
export function metricsPage(): string {
  return `${[
    '# Metrics',
    'Written by `npm run generate` from `src/telemetry/metric-table.ts`; do not edit.',
    'Set `telemetry.port`, and each process serves `/metrics` in the text format of Prometheus there, beside `/livez`\nand `/readyz`. Counters and histograms are of that process. Facts about the fleet come from the database at each\nscrape, from the gateway only. The usual figures of a Node process follow under `lockstep_process_…` and\n`lockstep_nodejs_…`. No label holds a secret; beyond 5,000 series of one counter the rest counts as `other`.',
    ...section('Counters', COUNTERS),
    ...section('Histograms', HISTOGRAMS),
    ...section('Facts at the scrape', GAUGES),
  ].join('\n\n')}\n`
}

function section(title: string, table: Readonly<Record<string, Facts>>): readonly string[] {
  const lines = Object.entries(table).map(([name, { help, labels }]) => {
    const listed = labels.length === 0 ? '' : ` Labels: ${labels.map((label) => `\`${label}\``).join(', ')}.`
    return `- \`${name}\`: ${help}${listed}`
  })
  return [`## ${title}`, lines.join('\n')]
}
