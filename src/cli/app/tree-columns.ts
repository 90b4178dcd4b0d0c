import { plainWord } from './app-view.js'
import type { NodeView } from './node-view.js'

/** A column beside the drawn names. */
export interface TreeColumn {
  readonly header: string
  readonly cell: (node: NodeView) => string
}

export const HEALTH_COLUMN: TreeColumn = {
  header: 'HEALTH',
  cell: ({ health }) => plainWord(health?.status ?? ''),
}

/** What a list of Kubernetes shows beside the name: `Ready:1/1`. */
export const FACTS_COLUMN: TreeColumn = {
  header: 'FACTS',
  cell: ({ facts }) => facts.map(({ name, value }) => `${name}:${value}`).join(' '),
}

/** Since when they exist, as `kubectl` rounds it. */
export function ageColumn(now: number): TreeColumn {
  return {
    header: 'AGE',
    cell: ({ createdAt }) => (createdAt == null ? '' : ageText((now - Date.parse(createdAt)) / 1000)),
  }
}

const UNITS = [
  ['d', 86_400],
  ['h', 3_600],
  ['m', 60],
] as const

function ageText(seconds: number): string {
  const [unit, size] = UNITS.find(([, length]) => seconds >= 2 * length) ?? ['s', 1]
  return `${Math.max(0, Math.floor(seconds / size))}${unit}`
}
